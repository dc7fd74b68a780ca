/**
 * Tool calls over HTTP: OnSync's MCP server against the bare SDK with a tool that echoes, each a process of its own, in
 * turns. Ours checks Host, Origin and token, validates, calls the client, fences, masks, logs; the other echoes.
 *
 *   node bench/mcp-http.ts [--seconds 3] [--rounds 5] [--connections 8]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { formatTable, median, quantile } from "./measure.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "5" },
    connections: { type: "string", default: "8" },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);

type Target = { name: string; file: string; params: object };
const targets: Target[] = [
  {
    name: "onsync: get_contact",
    file: "mcp-onsync.ts",
    params: { name: "get_contact", arguments: { contactId: "contact_01JGDNWSW9" } },
  },
  { name: "bare SDK: echo", file: "mcp-echo.ts", params: { name: "echo", arguments: { text: "Sara" } } },
];

const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  authorization: "Bearer bench",
};

/** Calls for so many seconds over so many connections. @returns milliseconds of each call */
async function measureCalls(pool: Pool, params: object, milliseconds: number): Promise<number[]> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const times: number[] = [];
  const until = performance.now() + milliseconds;
  const caller = async () => {
    for (let started = performance.now(); started < until; started = performance.now()) {
      const response = await pool.request({ method: "POST", path: "/mcp", headers, body });
      const text = await response.body.text();
      if (response.statusCode !== 200 || !text.includes("Sara")) throw new Error(`${response.statusCode}: ${text}`);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  return times;
}

const running = await Promise.all(
  targets.map(async (target) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures", target.file)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    const pool = new Pool(new URL(url).origin, { connections });
    await measureCalls(pool, target.params, 1000); // Warms up.
    return { ...target, child, pool, perSecond: [] as number[], times: [] as number[] };
  }),
);
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const target of running) {
      const times = await measureCalls(target.pool, target.params, seconds * 1000);
      target.perSecond.push(times.length / seconds);
      target.times.push(...times);
    }
  }
  const [ours, bare] = running as [(typeof running)[number], (typeof running)[number]];
  const rows = running.map(({ name, perSecond, times }) => [
    name,
    median(perSecond).toFixed(0),
    quantile(times, 0.5).toFixed(1),
    quantile(times, 0.99).toFixed(1),
  ]);
  const ratio = (of: (target: typeof ours) => number) => (of(ours) / of(bare)).toFixed(2);
  rows.push([
    "ratio",
    ratio(({ perSecond }) => median(perSecond)),
    ratio(({ times }) => quantile(times, 0.5)),
    ratio(({ times }) => quantile(times, 0.99)),
  ]);
  console.log(
    `Node ${process.version}, ${connections} connections, ${values.rounds} rounds of ${seconds} s in turns\n`,
  );
  console.log(formatTable(["tools/call", "requests/s", "median ms", "p99 ms"], rows));
} finally {
  for (const { child, pool } of running) {
    child.kill();
    await pool.destroy();
  }
}
