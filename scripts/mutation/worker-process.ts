/** A worker's process: asked one thing at a time, and ended where it does not answer. */
import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Reply, Request } from "./worker.ts";

export type Answer = Extract<Reply, { kind: "end" }>;
type WorkerProcess = { run(request: Request): Promise<Answer | "hung">; end(): void };
/** A process that is replaced where it hung, or on request. */
export type Worker = WorkerProcess & { startAnew(): void };

/** Of the processor's time, for whatever comes between two steps. */
const graceMs = 20_000;

const maxTimesAnew = 100;

/** What of the processor's time it has used, where the system tells: who waits for a core is not in an endless loop. */
function readUsedMs(pid: number | undefined): number {
  if (process.platform !== "linux") return performance.now();
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return 0;
  }
}

function startProcess(tree: string, log: string): WorkerProcess {
  const output = openSync(log, "a");
  const child: ChildProcess = fork(join(import.meta.dirname, "worker.ts"), {
    cwd: tree,
    execArgv: ["--disable-warning=ExperimentalWarning"],
    // The same as npm test gives the suite.
    env: { ...process.env, ONSYNC_ZAPIER_BUILD: "staging", ONSYNC_TEST_TRANSCRIPT: "/dev/null" },
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  const end = () => void child.kill("SIGKILL");
  const run = (request: Request) =>
    new Promise<Answer | "hung">((resolve) => {
      let mayUse = readUsedMs(child.pid) + graceMs;
      const settle = (answer: Answer | "hung") => {
        clearInterval(watch);
        child.off("message", onMessage).off("exit", onHung);
        if (answer === "hung") end();
        resolve(answer);
      };
      const onHung = () => settle("hung");
      const watch = setInterval(() => {
        if (readUsedMs(child.pid) > mayUse) onHung();
      }, 1_000);
      const onMessage = (reply: Reply) => {
        if (reply.kind === "end") settle(reply);
        else mayUse = readUsedMs(child.pid) + graceMs + reply.limitMs;
      };
      child.on("message", onMessage).once("exit", onHung);
      child.send(request);
    });
  return { run, end };
}

/** @param modules loaded before all else, so that a mutant that acts when they load does not act in some test */
export function createWorker(tree: string, log: string, modules: string[]): Worker {
  let current: WorkerProcess | undefined;
  const startAnew = () => {
    current?.end();
    current = undefined;
  };
  let timesAnew = 0;
  const run = async (request: Request) => {
    // Modules that were loaded anew are not given back.
    if ("file" in request && request.anew && ++timesAnew % maxTimesAnew === 0) startAnew();
    if (!current) {
      current = startProcess(tree, log);
      const loaded = await current.run({ load: modules });
      if ("load" in request) return loaded;
    }
    const answer = await current.run(request);
    if (answer === "hung") startAnew();
    return answer;
  };
  return { run, startAnew, end: startAnew };
}
