/** One process of the command, from its start to its end, however that comes. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string };

export type Life = {
  pid: number;
  isOver(): boolean;
  signal(signal: NodeJS.Signals): void;
  ended: Promise<Ended>;
};

const running = new Set<ChildProcess>();
// A harness that fails leaves no process behind.
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export function endWithHarness(child: ChildProcess): void {
  running.add(child);
  child.once("close", () => running.delete(child));
}

export function startProcess(command: readonly string[], cwd: string, env: Record<string, string>): Life {
  const [program, ...args] = command;
  const child = spawn(program as string, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  endWithHarness(child);
  let [out, err, over] = ["", "", false];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code, signal) => {
      over = true;
      resolve({ code, signal, out, err });
    });
  });
  return { pid: child.pid as number, isOver: () => over, signal: (signal) => void child.kill(signal), ended };
}

/** @returns how it ended, or `null` if it did not in time: then it is killed */
export async function waitForEnd(life: Life, timeoutMs: number): Promise<Ended | null> {
  const timeout = new AbortController();
  const late = delay(timeoutMs, null, { signal: timeout.signal }).catch(() => null);
  const ended = await Promise.race([life.ended, late]);
  timeout.abort();
  if (ended === null) {
    life.signal("SIGKILL");
    await life.ended;
  }
  return ended;
}

export async function waitUntil(condition: () => boolean, timeoutMs: number, everyMs = 5): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > until) return false;
    await delay(everyMs);
  }
  return true;
}
