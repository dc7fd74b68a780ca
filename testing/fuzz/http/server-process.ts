/** A server as its users start it, with what it writes to its log read line by line, and its end noticed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bareEnvironment } from "../../bare-environment.ts";
import { transcribe } from "../../transcript.ts";

/** The `onsync` command, from its sources. */
export const onsyncScript = join(import.meta.dirname, "../../../cli/onsync.ts");

/** Of a server's objects, in MiB: one that keeps what it is sent comes to its end, and is found. */
const maxHeapMiB = 384;
/** A few kilobytes: what one line of a log may have, whatever is sent. */
export const maxLogLineBytes = 8192;

export type Ready = { url: string; key?: string; metricsUrl?: string };

export type FuzzedServer = {
  ready: Ready;
  port: number;
  /** Lines that it has logged since this was asked last. */
  takeLog(): string[];
  /** How it came to its end by itself; `undefined`: it runs. */
  findEnd(): string | undefined;
  /** The most memory that it has had, in MiB; `undefined` where the system does not say. */
  readPeakMemory(): number | undefined;
  stop(): Promise<void>;
};

/** @param command a script of ours with its arguments; the first line of its stdout with a `url` says that it is ready */
export async function startServer(command: readonly string[], env: Record<string, string> = {}): Promise<FuzzedServer> {
  const node = ["--disable-warning=ExperimentalWarning", `--max-old-space-size=${maxHeapMiB}`];
  const child = spawn(process.execPath, [...node, ...command], {
    env: { ...bareEnvironment, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  transcribe(child);
  const lines: string[] = [];
  let end: string | undefined;
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const ended = once(child, "exit").then(([code, signal]) => {
    end = `it ended, with ${signal ?? `code ${code}`}`;
  });
  const ready = await Promise.race([readReady(child), ended]);
  if (!ready) throw new Error(`${command.join(" ")} did not start: ${lines.join("\n")}`);
  return {
    ready,
    port: Number(new URL(ready.url).port),
    takeLog: () => lines.splice(0),
    findEnd: () => end,
    readPeakMemory: () => readPeak(child.pid),
    stop: async () => {
      if (end === undefined) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** What it prints after that is read and dropped, so that it never waits for its reader. */
function readReady(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      if (line.includes('"url":"http')) resolve(JSON.parse(line) as Ready);
    });
  });
}

function readPeak(pid: number | undefined): number | undefined {
  try {
    const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
