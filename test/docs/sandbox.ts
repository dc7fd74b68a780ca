/**
 * Where the commands of documents are run: a copy of the project, built as `npm ci` builds it, with a terminal that has no
 * key, no address and no tool of whoever runs the suite. What a document has on fixed ports takes free ones.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { printed, splitExports } from "../../testing/documents/fences.ts";

const root = join(import.meta.dirname, "../..");

/** What a command may take: those that drive npm, npx and node one after the other, on a machine with other work. */
export const boundMs = 60_000;

export type Outcome = { code: number; output: string };

export type Terminal = {
  /** Runs commands, and keeps what they export for those that follow. */
  run(commands: string): Promise<Outcome>;
  /**
   * Starts a server, in place of the one that this document has on the same port (as by Ctrl-C), and waits for what the
   * document says it prints.
   * @param inFirst whether in the terminal of the first server, as it was then
   * @throws Error when it ends or does not print that in time
   */
  start(commands: string, prints: readonly string[], inFirst?: boolean): Promise<string>;
  /** A text of the document with the ports that are taken in place of its own. */
  local(text: string): string;
  /** Ends what was started. */
  close(): Promise<void>;
};

export type Sandbox = {
  /** The copy of the project. */
  folder: string;
  open(document: string): Promise<Terminal>;
  remove(): void;
};

const left = new Set(["node_modules", ".git", "dist", "build", "coverage"]);

/** Not part of a clone, far too large for a copy, or made and removed by another test meanwhile. */
function isLeft(name: string): boolean {
  return left.has(name) || name.startsWith(".library-");
}

/**
 * Stands before the machine's own in PATH. `npx -y onsync-mcp` would ask npm for a package: here it is the one that was
 * built. Claude Code is installed where ONSYNC_CLAUDE names it; elsewhere something that does as it would stands in.
 */
function writeCommands(bin: string, project: string, npx: string): void {
  const write = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/usr/bin/env bash\nset -euo pipefail\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  write(
    "npx",
    `if [ "$1 \${2-}" = "-y onsync-mcp" ]; then exec '${process.execPath}' '${project}/dist/bin/onsync-mcp.cjs' "\${@:3}"; fi
if [ "$1" = "-y" ]; then echo "npx -y $2 would be taken from npm" >&2; exit 1; fi
exec '${npx}' "$@"`,
  );
  write("claude", `exec '${process.execPath}' '${join(import.meta.dirname, "fixtures/claude.ts")}' "$@"`);
}

const execute = promisify(execFile);

export async function createSandbox(): Promise<Sandbox> {
  const around = mkdtempSync(join(tmpdir(), "onsync-documents-"));
  const folder = join(around, "project");
  const bin = join(around, "bin");
  const home = join(around, "home");
  for (const each of [bin, home]) mkdirSync(each);
  cpSync(root, folder, { recursive: true, filter: (path) => !isLeft(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

  // The machine's own commands: a reader's terminal has not the project's in its PATH.
  const path = (process.env.PATH ?? "").split(delimiter).filter((each) => !each.includes("node_modules"));
  const npx = path.map((each) => join(each, "npx")).find(existsSync);
  if (!npx) throw new Error("There is no npx in PATH: install Node with npm.");
  writeCommands(bin, folder, npx);
  const environment: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ONSYNC|npm)_/i.test(name))),
    ...(process.env.ONSYNC_CLAUDE ? { ONSYNC_CLAUDE: process.env.ONSYNC_CLAUDE } : {}),
    PATH: [bin, ...path].join(delimiter),
    HOME: home,
    TMPDIR: around,
    NO_UPDATE_NOTIFIER: "1",
    npm_config_update_notifier: "false",
  };
  await execute("npm", ["run", "--silent", "build"], { cwd: folder, env: environment });

  return {
    folder,
    open: (document) => openTerminal(document, folder, around, environment),
    remove: () => rmSync(around, { recursive: true, force: true }),
  };
}

/** The ports of the commands that listen, where no other is named. */
const ownPorts: Record<string, string> = { start: "4000", reference: "4010", mcp: "4020", listen: "4030" };

/** @throws Error where nothing says on which port a command listens */
function listensOn(command: string): { port: string; isNamed: boolean } {
  const named = /(?:--port |listen\()(\d+)/.exec(command)?.[1];
  if (named) return { port: named, isNamed: true };
  const name = /(?:\bonsync (?:-- )?|^npm )(start|reference|mcp|listen)\b/.exec(command)?.[1];
  const port = name && ownPorts[name];
  if (!port) throw new Error(`Nothing says on which port this listens: ${command}`);
  return { port, isNamed: false };
}

/** Below those that systems hand out, a thousand for each worker: nothing else in a run of the suite takes one of these. */
const firstPort = 20_000 + (Number(process.env.JEST_WORKER_ID ?? 0) % 10) * 1000;

async function quietPort(taken: ReadonlySet<string>): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const port = String(firstPort + Math.floor(Math.random() * 1000));
    if (taken.has(port)) continue;
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(Number(port), "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
  throw new Error("None of a hundred ports was free.");
}

async function openTerminal(
  document: string,
  folder: string,
  around: string,
  environment: NodeJS.ProcessEnv,
): Promise<Terminal> {
  const ports = new Map<string, string>();
  const named = [...document.matchAll(/(?:127\.0\.0\.1:|--port )(\d{4})\b/g)].map(([, port]) => port as string);
  for (const port of new Set([...Object.values(ownPorts), ...named]))
    ports.set(port, await quietPort(new Set(ports.values())));
  const numbers = new RegExp(`\\b(${[...ports.keys()].join("|")})\\b`, "g");
  const local = (text: string): string => text.replace(numbers, (port) => ports.get(port) as string);

  const exported = join(mkdtempSync(join(around, "terminal-")), "exports");
  writeFileSync(exported, "");
  // What held in the terminal of the first server: the reader opens another for the rest.
  const exportedFirst = `${exported}-first`;
  const servers = new Map<string, ChildProcess>();
  const stop = async (port: string, signal: "SIGINT" | "SIGTERM"): Promise<void> => {
    const child = servers.get(port);
    if (!child) return;
    servers.delete(port);
    const ended = once(child, "close");
    // npm passes the signal on to nobody: its whole group is asked.
    process.kill(-(child.pid as number), signal);
    await ended;
  };

  const run = (commands: string): Promise<Outcome> =>
    new Promise((resolve) => {
      const script = `source ${exported}\n${local(commands)}\nexport -p > ${exported}`;
      const child = execFile(
        "bash",
        ["-euo", "pipefail", "-c", script],
        { cwd: folder, env: environment, timeout: boundMs, maxBuffer: 2 ** 24 },
        (error, stdout, stderr) =>
          resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, output: stdout + stderr }),
      );
      child.stdin?.end();
    });

  const start = async (commands: string, prints: readonly string[], inFirst = false): Promise<string> => {
    const { exports, rest } = splitExports(commands);
    await run(exports);
    if (!existsSync(exportedFirst)) copyFileSync(exported, exportedFirst);
    // `npm start` takes options after `--`; the command itself takes them as they are. What `npm ci` installs is there.
    const command = rest.replace(/^npm ci && /, "").replace(/^npm start$/, "npm start --");
    const { port, isNamed } = listensOn(command);
    await stop(port, "SIGINT");
    const atPort = isNamed ? command : `${command} --port ${port}`;
    return new Promise((resolve, reject) => {
      const child = spawn(
        "bash",
        ["-euo", "pipefail", "-c", `source ${inFirst ? exportedFirst : exported}\n${local(atPort)}`],
        {
          cwd: folder,
          env: environment,
          stdio: ["ignore", "pipe", "pipe"],
          detached: true,
        },
      );
      servers.set(port, child);
      let output = "";
      const late = setTimeout(() => reject(new Error(`not ready after ${boundMs} ms:\n${output}`)), boundMs);
      const take = (text: string): void => {
        output += text;
        if (!prints.every((part) => printed(output, local(part)))) return;
        clearTimeout(late);
        resolve(output);
      };
      child.stdout.setEncoding("utf8").on("data", take);
      child.stderr.setEncoding("utf8").on("data", take);
      child.once("close", (code) => {
        if (servers.get(port) === child) servers.delete(port);
        clearTimeout(late);
        reject(new Error(`ended with ${code}:\n${output}`));
      });
    });
  };

  return {
    run,
    start,
    local,
    close: async () => {
      for (const port of [...servers.keys()]) await stop(port, "SIGTERM");
    },
  };
}
