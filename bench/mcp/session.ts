/** One life of an MCP server over stdio, timed from outside: start, list, memory, end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";

export type Server = {
  name: string;
  args: readonly string[];
  env?: Record<string, string>;
};

export type SessionFigures = {
  /** Milliseconds from spawning to the answer to `initialize`. */
  initMs: number;
  /** Resident memory of the process and those it started, 400 ms after `tools/list`. */
  rssMiB: number;
  /** Milliseconds from closing stdin to the process being gone; `null`: it had to be killed. */
  exitMs: number | null;
  /** As a host shows them to a model; `null` where it lists none without its service. */
  tools: readonly string[] | null;
  /** Lines on stdout that are no JSON-RPC. */
  stray: number;
};

type Message = { jsonrpc?: string; id?: unknown; result?: { tools?: Tool[]; nextCursor?: string }; error?: unknown };
type Tool = { name: string; description?: string; inputSchema: unknown };

const restMs = 400;

/** Resident memory of a process and everything below it, from /proc (Linux). */
function measureTreeRssMiB(root: number): number {
  const below = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      below.set(parent, [...(below.get(parent) ?? []), Number(entry)]);
    } catch {} // It ended meanwhile.
  }
  const sum = (pid: number): number => {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
    return own + (below.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  };
  return sum(root) / 1024;
}

export async function runSession({ args, env = {} }: Server, cwd: string): Promise<SessionFigures> {
  const started = performance.now();
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, args, { cwd, env: { PATH, HOME, ...env } });
  const exited = once(child, "exit").then(() => performance.now());
  let said = "";
  child.stderr.on("data", (data) => {
    said = (said + data).slice(-500);
  });
  child.stdin.on("error", () => {}); // Told by the exit.
  const waiting = new Map<unknown, (message: Message) => void>();
  let stray = 0;
  createInterface(child.stdout).on("line", (line) => {
    try {
      const message = JSON.parse(line) as Message;
      if (message.jsonrpc !== "2.0") stray++;
      waiting.get(message.id)?.(message);
    } catch {
      stray++;
    }
  });
  const write = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  let next = 1;
  const request = async (method: string, params: object): Promise<Message> => {
    const id = next++;
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    write({ id, method, params });
    const late = exited.then(() => Promise.reject(new Error(`ended before it answered ${method}: ${said}`)));
    late.catch(() => {});
    return Promise.race([answer, late, delay(20_000, undefined, { ref: false }).then(() => ({ error: "late" }))]);
  };
  try {
    await request("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "bench", version: "1" },
    });
    const initMs = performance.now() - started;
    write({ method: "notifications/initialized" });
    const tools: string[] = [];
    let failed = false;
    let cursor: string | undefined;
    do {
      const { result } = await request("tools/list", cursor === undefined ? {} : { cursor });
      failed ||= result === undefined;
      for (const { name, description, inputSchema } of result?.tools ?? [])
        tools.push(JSON.stringify({ name, description, input_schema: inputSchema }));
      cursor = result?.nextCursor;
    } while (cursor !== undefined);
    await delay(restMs);
    const rssMiB = measureTreeRssMiB(child.pid as number);
    const closed = performance.now();
    child.stdin.end();
    const gone = await Promise.race([exited, delay(3000, null, { ref: false })]);
    return { initMs, rssMiB, exitMs: gone === null ? null : gone - closed, tools: failed ? null : tools, stray };
  } finally {
    child.kill("SIGKILL");
  }
}
