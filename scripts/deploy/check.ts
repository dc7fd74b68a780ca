/**
 * Does what deploy/Dockerfile says without a container engine, looks at the systemd units, and holds the manifests to their schemas:
 * `node scripts/deploy/check.ts ROOT`, as root, on Debian with debootstrap and systemd. ROOT is a folder for a bare Debian, which
 * stands in for the image that the last stage begins with; it is made there unless it is there. With `--fast` in its place,
 * in less than a minute, the root has nothing but this machine's Node, its shell and the programs that the steps name.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { findFreePort } from "../../testing/network/free-port.ts";
import { bundleCommand } from "./bundle.ts";
import { type Instruction, readDockerfile } from "./dockerfile.ts";
import { checkManifests } from "./manifests.ts";

const root = join(import.meta.dirname, "../..");

// chroot and debootstrap are where an administrator's path leads, and not everybody's.
process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

function run(command: string, args: readonly string[], env = process.env): string {
  return execFileSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "inherit"] });
}

/** A bare Debian. */
function makeDebian(image: string): void {
  if (!existsSync(join(image, "bin/sh"))) run("debootstrap", ["--variant=minbase", "bookworm", image]);
  copyFileSync(process.execPath, join(image, "usr/local/bin/node"));
}

/** Programs of this machine with the libraries that they are linked to, and nothing else. */
function makeSmallestRoot(image: string): void {
  chmodSync(image, 0o755);
  for (const name of ["bin", "lib", "lib64"]) {
    mkdirSync(join(image, "usr", name), { recursive: true });
    symlinkSync(`usr/${name}`, join(image, name));
  }
  const find = (program: string): string => run("sh", ["-c", `command -v ${program}`]).trim();
  const programs = ["sh", "ln", "install", "env"].map((name) => ({ from: find(name), to: find(name) }));
  programs.push({ from: process.execPath, to: "/usr/local/bin/node" });
  const libraries = programs.flatMap(({ from }) => run("ldd", [from]).match(/\/\S+(?= \()/g) ?? []);
  for (const { from, to } of [...programs, ...libraries.map((path) => ({ from: path, to: path }))]) {
    mkdirSync(dirname(join(image, to)), { recursive: true });
    copyFileSync(from, join(image, to));
  }
  for (const folder of ["tmp", "usr/local/lib"]) mkdirSync(join(image, folder), { recursive: true });
}

/** The last stage, step by step, in a root that stands in for its image. */
async function buildImage(image: string): Promise<{ env: Record<string, string>; user: string; health: string[] }> {
  const steps = readDockerfile(readFileSync(join(root, "deploy/Dockerfile"), "utf8"));
  const last = steps.slice(steps.findLastIndex(({ name }) => name === "FROM") + 1);
  const out = mkdtempSync(join(tmpdir(), "onsync-image-"));
  const { file, bytes } = await bundleCommand(out);
  console.log(`one file of ${Math.round(bytes / 1024)} KiB`);
  for (const { name, value } of last) {
    if (name === "COPY") copyFileSync(file, join(image, value.split(" ").at(-1) as string));
    if (name === "RUN") run("chroot", [image, "/bin/sh", "-c", value.replace("ln -s ", "ln -sf ")]);
  }
  rmSync(out, { recursive: true });
  const find = (wanted: string): string => (last.find(({ name }) => name === wanted) as Instruction).value;
  const env = Object.fromEntries(
    find("ENV")
      .split(" ")
      .map((pair) => pair.split("=") as [string, string]),
  );
  const health = JSON.parse(find("HEALTHCHECK").replace(/^.*?CMD /, "")) as string[];
  return { env, user: find("USER"), health };
}

/** A receiver in it: it answers its own health check, as its user, and ends well. */
async function tryImage(image: string): Promise<void> {
  const { env, user, health } = await buildImage(image);
  const port = String(await findFreePort());
  const settings = {
    ...env,
    PORT: port,
    PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/bin",
    ONSYNC_WEBHOOK_SECRETS: "a-secret",
  };
  const inside = ["--userspec", user, image, "/usr/bin/env", "-C", "/data"];
  console.log(`onsync ${run("chroot", [...inside, "onsync", "--version"], settings).trim()} as ${user}`);
  const server = spawn("chroot", [...inside, "onsync", "listen", "--json"], {
    env: settings,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(server, "close");
  await Promise.race([once(server.stdout, "data"), ended.then(() => Promise.reject(new Error("the receiver ended")))]);
  run("chroot", ["--userspec", user, image, ...health], settings);
  console.log("the health check of the Dockerfile is content");
  server.kill("SIGTERM");
  const [code] = await ended;
  if (code !== 0) throw new Error(`the receiver ended with ${code}`);
  console.log("SIGTERM ends it with 0");
}

/** What systemd thinks of the units, with the Node that is here. */
function verifyUnits(): void {
  const folder = mkdtempSync(join(tmpdir(), "onsync-units-"));
  const units = join(root, "deploy/systemd");
  for (const unit of readdirSync(units)) {
    const file = join(folder, unit);
    writeFileSync(file, readFileSync(join(units, unit), "utf8").replace("/usr/bin/node", process.execPath));
    run("systemd-analyze", ["verify", file]);
    const exposure = /Overall exposure level.*: ([\d.]+)/.exec(
      run("systemd-analyze", ["security", "--offline=true", file]),
    )?.[1];
    if (!(Number(exposure) < 2)) throw new Error(`${unit}: its exposure is ${exposure}`);
    console.log(`${basename(unit)}: systemd-analyze verify finds nothing, exposure ${exposure}`);
  }
  rmSync(folder, { recursive: true });
}

const [place] = process.argv.slice(2);
if (place === undefined) throw new Error("usage: node scripts/deploy/check.ts ROOT | --fast");
const isFast = place === "--fast";
const isRoot = process.getuid?.() === 0;
if (!isRoot && !isFast) throw new Error("chroot needs root");
if (isRoot) {
  const image = isFast ? mkdtempSync(join(tmpdir(), "onsync-root-")) : place;
  try {
    if (isFast) makeSmallestRoot(image);
    else makeDebian(image);
    await tryImage(image);
  } finally {
    if (isFast) rmSync(image, { recursive: true });
  }
} else console.log("the steps of the image were not tried: chroot needs root");
verifyUnits();
await checkManifests();
