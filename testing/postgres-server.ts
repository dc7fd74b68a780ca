/** A Postgres of the test's own: a real server on a free port, run as a user that is not root, with its data in a folder that goes with it. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "./network/free-port.ts";

const debianFolder = "/usr/lib/postgresql";
const startTimeoutMs = 60_000;

/** Debian keeps the server's programs out of the path, in a folder for each version. */
function findPrograms(): string | null {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debianFolder, version, "bin"));
  const found = folders.find((folder) => existsSync(join(folder, "initdb")));
  if (found) return found;
  const path = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return path.status === 0 ? path.stdout.trim() : null;
}

const programs = findPrograms();

if (!programs && process.env.ONSYNC_REQUIRE_POSTGRES === "1") {
  throw new Error("Postgres is not installed, and ONSYNC_REQUIRE_POSTGRES=1 asks for it: apt-get install postgresql.");
}

/** Why tests that need Postgres are skipped here; `null`: they are not. */
export const skipped: string | null = programs
  ? null
  : "skipped: Postgres is not installed (apt-get install postgresql)";

/** Postgres refuses to be run by root: then it is run as the user that Debian's package makes. */
function findUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

export type PostgresServer = {
  port: number;
  user: string;
  /** Made up for this server alone: nothing that uses it may show it. */
  password: string;
  /** Of a database that is made if it is not there yet. */
  createDatabase(name: string): Promise<string>;
  /** Ends it without mercy, as a machine that loses its power, and starts it again on the same port and data. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

function run(program: string, args: readonly string[], user: object): void {
  const { status, stderr } = spawnSync(join(programs ?? "", program), args, { ...user, encoding: "utf8", cwd: "/" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await ended;
}

export async function startPostgres(): Promise<PostgresServer> {
  const user = findUser();
  const folder = mkdtempSync(join(tmpdir(), "onsync-postgres-"));
  const [data, password] = [join(folder, "data"), `pw${randomBytes(9).toString("hex")}`];
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  chmodSync(folder, 0o755);
  for (const path of [folder, passwordFile]) if (user.uid) chownSync(path, user.uid, user.gid ?? user.uid);
  const port = await findFreePort();
  const login = ["--username=onsync", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
  run("initdb", ["--pgdata", data, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", ...login], user);
  rmSync(passwordFile);

  // Nobody cuts the power here: what a killed server wrote is with the operating system.
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 60,
    fsync: "off",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(join(programs ?? "", "postgres"), ["-D", data, ...args], {
      ...{ ...user, cwd: "/", stdio: "ignore" as const },
    });
    await waitUntilReady(port, child);
    return child;
  };
  let child = await start();
  return {
    ...{ port, password, user: "onsync" },
    async createDatabase(name) {
      const env = { ...process.env, PGPASSWORD: password };
      run("createdb", ["-h", "127.0.0.1", "-p", String(port), "-U", "onsync", name], { env });
      return `postgres://onsync:${password}@127.0.0.1:${port}/${name}`;
    },
    async restart() {
      await end(child, "SIGKILL");
      child = await start();
    },
    async close() {
      await end(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function waitUntilReady(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + startTimeoutMs;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode} before it was ready`);
    const isReady = join(programs ?? "", "pg_isready");
    if (spawnSync(isReady, ["-q", "-h", "127.0.0.1", "-p", String(port)]).status === 0) return;
    await delay(50);
  }
  throw new Error("postgres was not ready in time");
}
