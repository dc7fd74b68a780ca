/** The servers that bench/reference-http measures, each a process of its own with a sender of its own. */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { key } from "./cases.ts";

const root = join(import.meta.dirname, "../..");
const reference = ["cli/onsync.ts", "reference", "--port", "0", "--json", "--key", key, "--rate-limit", "1000000000"];

export type MeasuredServer = {
  name: string;
  /** @returns what so many requests of this kind took: in all, and of the server's CPU, in milliseconds */
  measure(name: string, count: number): Promise<{ ms: number; cpuMs: number }>;
  stop(): Promise<void>;
};

/** What all threads of a process have used of a CPU, in milliseconds. */
function readCpuMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanos = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanos.reduce((sum, each) => sum + each, 0) / 1e6;
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.kill();
  await exited;
}

/** @param args of Node; what the server logs is dropped */
async function start(name: string, args: readonly string[]): Promise<MeasuredServer> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const [ready] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  const { origin } = new URL((JSON.parse(ready) as { url: string }).url);
  const sender = fork(join(import.meta.dirname, "load.ts"), [origin]);
  await once(sender, "message");
  return {
    name,
    measure: async (what, count) => {
      const before = readCpuMs(child.pid as number);
      sender.send({ name: what, count });
      const [ms] = (await once(sender, "message")) as [number];
      return { ms, cpuMs: readCpuMs(child.pid as number) - before };
    },
    stop: async () => {
      await end(sender);
      await end(child);
    },
  };
}

/** @param file where the reference with a file keeps its data */
export async function startServers(file: string): Promise<MeasuredServer[]> {
  return [
    await start("bare", ["bench/reference-http/bare-server.ts"]),
    await start("reference, in memory", reference),
    await start("reference, data file", [...reference, "--data", file]),
  ];
}
