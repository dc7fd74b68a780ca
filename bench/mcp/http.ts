/** Tool calls over HTTP: OnSync's MCP server beside the bare SDK with a tool that echoes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Pool } from "undici";
import { endChild } from "../harness/child.ts";
import type { Question, Scale, Table } from "../harness/question.ts";
import { quantile } from "../harness/statistics.ts";

const connections = 8;
const base = "bare SDK: echo";
const targets = [
  { name: base, file: "mcp-echo.ts", params: { name: "echo", arguments: { text: "Sara" } } },
  {
    name: "onsync: get_contact",
    file: "mcp-onsync.ts",
    params: { name: "get_contact", arguments: { contactId: "contact_01JGDNWSW9" } },
  },
];

const headers = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  authorization: "Bearer bench",
};

/** Calls for so long. @returns milliseconds of each call */
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

async function start({ file }: (typeof targets)[number]): Promise<{ child: ChildProcess; pool: Pool }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "fixtures", file)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { child, pool: new Pool(new URL(url).origin, { connections }) };
}

async function measure({ isSmall }: Scale): Promise<Table[]> {
  const running = await Promise.all(targets.map(async (target) => ({ ...target, ...(await start(target)) })));
  const [milliseconds, rounds] = isSmall ? [100, 1] : [1_500, 7];
  const values = running.map((): [number[], number[], number[]] => [[], [], []]);
  try {
    for (let round = -1; round < rounds; round++)
      for (const [index, { pool, params }] of running.entries()) {
        const times = await measureCalls(pool, params, milliseconds);
        const figures = [times.length / (milliseconds / 1000), quantile(times, 0.5), quantile(times, 0.99)];
        if (round >= 0) for (const [measured, figure] of figures.entries()) values[index]?.[measured]?.push(figure);
      }
  } finally {
    for (const { child, pool } of running) {
      await endChild(child);
      await pool.destroy();
    }
  }
  const measures = [
    { name: "calls/s", compared: true as const },
    { name: "median ms", digits: 1 },
    { name: "p99 ms", digits: 1 },
  ];
  const rows = running.map(({ name }, index) => ({
    ...{ name, values: values[index] ?? [] },
    ...(name !== base && { aim: { atLeast: 0.9 } }),
  }));
  return [{ what: "tools/call", base, measures, rows }];
}

export const mcpHttp: Question = {
  name: "mcp-http",
  title: "Tool calls over HTTP",
  about: `Our server beside the bare SDK with a tool that echoes, each a process of its own, eight connections. Ours checks Host, Origin
and token, validates, calls the client, whose API answers at once, fences what customers wrote, writes text and data, and logs.

By the profile of our server the largest costs of a call are writing to the socket (17 % of its CPU), finding what customers wrote,
writing the answer and fitting it to its tokens (14 %), the garbage (7 %), and making the answer a \`Response\` (5 %). The SDK makes a
compiler of JSON schemas and an error with a stack for each of its requests; ours needs neither.`,
  measure,
};
