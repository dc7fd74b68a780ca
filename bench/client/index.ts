/**
 * What a call of the client costs beside a bare `Pool.request` of the same endpoint: CPU time of the calling process, 64
 * calls at once, over sockets to one server that answers at once. Each caller is a process of its own; in turns.
 *
 *   node bench/client/index.ts [--calls 4000] [--rounds 10] [--processes 3] [--only send]
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable, median } from "../measure.ts";
import { requests } from "./requests.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "4000" },
    rounds: { type: "string", default: "10" },
    processes: { type: "string", default: "3" },
    only: { type: "string" },
  },
});
const calls = Number(values.calls);
const warmUps = 3;
const callers = ["bare", "client", "checked"] as const;

async function start(script: string, ...args: string[]): Promise<{ child: ChildProcess; said: unknown }> {
  const child = fork(join(import.meta.dirname, script), args);
  const [said] = await once(child, "message");
  return { child, said };
}

/** @returns microseconds of CPU a call */
async function measure(child: ChildProcess): Promise<number> {
  child.send(calls);
  const [micros] = (await once(child, "message")) as [number];
  return micros / calls;
}

/** Microseconds a call of each caller, by round. */
async function measureRounds(origin: string, callName: string): Promise<number[][]> {
  const children = await Promise.all(
    callers.map(async (caller) => (await start("caller.ts", origin, caller, callName)).child),
  );
  const rounds: number[][] = [];
  try {
    for (let round = -warmUps; round < Number(values.rounds); round++) {
      const measured: number[] = [];
      for (const child of children) measured.push(await measure(child));
      if (round >= 0) rounds.push(measured);
    }
    return rounds;
  } finally {
    for (const child of children) child.kill();
  }
}

const server = await start("server.ts");
try {
  const titles = {
    bare: "`Pool.request` and `JSON.parse`",
    client: "the client",
    checked: "the client with `onDrift`",
  };
  const rows: string[][] = [];
  for (const [callName, { title }] of Object.entries(requests)) {
    if (values.only !== undefined && callName !== values.only) continue;
    const rounds: number[][] = [];
    for (let process = 0; process < Number(values.processes); process++)
      rounds.push(...(await measureRounds(server.said as string, callName)));
    for (const [index, caller] of callers.entries()) {
      const ratio = median(rounds.map((round) => (round[index] as number) / (round[0] as number)));
      const micros = median(rounds.map((round) => round[index] as number));
      rows.push([`${title}: ${titles[caller]}`, ratio.toFixed(2), micros.toFixed(0)]);
    }
  }
  console.log(
    `Node ${process.version}, ${values.processes} times ${values.rounds} rounds of ${calls} calls in turns\n`,
  );
  console.log(formatTable(["call", "ratio to bare", "CPU µs a call"], rows));
} finally {
  server.child.kill();
}
