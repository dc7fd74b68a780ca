/** A terminal that runs the commands of one document: what they export holds for those that follow, and servers go on. */
import { type ChildProcess, type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isPrinted, splitExports } from "./fences.ts";
import { choosePorts, findPort } from "./ports.ts";

/** What a command may take: those that drive npm, npx and node one after the other, on a machine with other work. */
export const maxCommandMs = 180_000;

export type Outcome = { code: number; output: string };

export type Place = {
  /** Where the commands run. */
  folder: string;
  /** Where the terminal keeps what it needs. */
  around: string;
  environment: NodeJS.ProcessEnv;
};

export class Terminal {
  readonly #place: Place;
  /** By the port in the document, the one that is free here. */
  readonly #ports: ReadonlyMap<string, string>;
  /** A script that exports what was exported so far. */
  readonly #exported: string;
  /** The same as it was in the terminal of the first server: the reader opens another for the rest. */
  readonly #exportedFirst: string;
  /** By the port in the document. */
  readonly #servers = new Map<string, ChildProcess>();

  constructor(place: Place, ports: ReadonlyMap<string, string>) {
    this.#place = place;
    this.#ports = ports;
    this.#exported = join(mkdtempSync(join(place.around, "terminal-")), "exports");
    this.#exportedFirst = `${this.#exported}-first`;
    writeFileSync(this.#exported, "");
  }

  /** A text of the document with the ports that are taken in place of its own. */
  local = (text: string): string => {
    const numbers = new RegExp(`\\b(${[...this.#ports.keys()].join("|")})\\b`, "g");
    return text.replace(numbers, (port) => this.#ports.get(port) as string);
  };

  /** Runs commands, and keeps what they export for those that follow. */
  run(commands: string): Promise<Outcome> {
    const { folder, environment } = this.#place;
    const script = `source ${this.#exported}\n${this.local(commands)}\nexport -p > ${this.#exported}`;
    return new Promise((resolve) => {
      const child = execFile(
        "bash",
        ["-euo", "pipefail", "-c", script],
        { cwd: folder, env: environment, timeout: maxCommandMs, maxBuffer: 2 ** 24 },
        (error, stdout, stderr) =>
          resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, output: stdout + stderr }),
      );
      child.stdin?.end();
    });
  }

  /**
   * Starts a server, in place of the one that this document has on the same port (as by Ctrl-C), and waits for what the
   * document says it prints.
   * @param inFirst whether in the terminal of the first server, as it was then
   * @throws Error when it ends or does not print that in time
   */
  async start(commands: string, prints: readonly string[], inFirst = false): Promise<string> {
    const { exports, rest } = splitExports(commands);
    await this.run(exports);
    if (!existsSync(this.#exportedFirst)) copyFileSync(this.#exported, this.#exportedFirst);
    // `npm start` takes options after `--`; the command itself takes them as they are. What `npm ci` installs is there.
    const command = rest.replace(/^npm ci && /, "").replace(/^npm start$/, "npm start --");
    const { port, isNamed } = findPort(command);
    await this.#stop(port, "SIGINT");
    const atPort = isNamed ? command : `${command} --port ${port}`;
    const script = `source ${inFirst ? this.#exportedFirst : this.#exported}\n${this.local(atPort)}`;
    return this.#waitFor(this.#spawn(port, script), prints.map(this.local));
  }

  /** Ends what was started. */
  async close(): Promise<void> {
    for (const port of [...this.#servers.keys()]) await this.#stop(port, "SIGTERM");
  }

  #spawn(port: string, script: string) {
    const child = spawn("bash", ["-euo", "pipefail", "-c", script], {
      cwd: this.#place.folder,
      env: this.#place.environment,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#servers.set(port, child);
    child.once("close", () => {
      if (this.#servers.get(port) === child) this.#servers.delete(port);
    });
    return child;
  }

  #waitFor(child: ChildProcessByStdio<null, Readable, Readable>, prints: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      let output = "";
      const late = setTimeout(() => reject(new Error(`not ready after ${maxCommandMs} ms:\n${output}`)), maxCommandMs);
      const read = (text: string): void => {
        output += text;
        if (!prints.every((part) => isPrinted(output, part))) return;
        clearTimeout(late);
        resolve(output);
      };
      child.stdout.setEncoding("utf8").on("data", read);
      child.stderr.setEncoding("utf8").on("data", read);
      child.once("close", (code) => {
        clearTimeout(late);
        reject(new Error(`ended with ${code}:\n${output}`));
      });
    });
  }

  async #stop(port: string, signal: "SIGINT" | "SIGTERM"): Promise<void> {
    const child = this.#servers.get(port);
    if (!child) return;
    this.#servers.delete(port);
    const ended = once(child, "close");
    // npm passes the signal on to nobody: its whole group is asked.
    process.kill(-(child.pid as number), signal);
    await ended;
  }
}

export async function openTerminal(document: string, place: Place): Promise<Terminal> {
  return new Terminal(place, await choosePorts(document));
}
