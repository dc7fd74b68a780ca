/** Processes that a question starts: the answer of one that ends before it answers is an error, and no wait for ever. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";

/** @returns the next message of a child. @throws Error where it ends before */
export async function receive(child: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const ended = once(child, "exit", { signal: waiting.signal }).then(([code]) => {
    throw new Error(`${child.spawnargs.slice(1).join(" ")} ended with ${code} before it answered`);
  });
  ended.catch(() => {});
  try {
    const [message] = (await Promise.race([once(child, "message", { signal: waiting.signal }), ended])) as [unknown];
    return message;
  } finally {
    waiting.abort();
  }
}

/** @returns a process that has said its first word, and what that is */
export async function startChild(script: string, args: readonly string[] = []) {
  const child = fork(script, args, { execArgv: ["--disable-warning=ExperimentalWarning"] });
  return { child, said: await receive(child) };
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill();
  await exited;
}

/** What all threads of a process have used of a CPU, in milliseconds. */
export function readCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanos = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanos.reduce((sum, each) => sum + each, 0) / 1e6;
}
