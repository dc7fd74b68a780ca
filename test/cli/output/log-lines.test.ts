/** No line of a server's log is longer than a few kilobytes, whatever is sent to it, or answered. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { signPayload } from "../../../src/api/signature.ts";
import { bareEnvironment } from "../../../testing/bare-environment.ts";
import { messageEvent } from "../../../testing/events.ts";
import { transcribe } from "../../../testing/transcript.ts";

const script = join(import.meta.dirname, "../../../cli/onsync.ts");
const secret = "whsec_of_the_log_lines";
const long = "a\u001b\u202e".repeat(100_000);
/** For what cannot hold more: an address, a header. */
const path = "a".repeat(7000);
const longestLine = 8000;

const folder = mkdtempSync(join(tmpdir(), "onsync-log-"));
const running = new Set<ChildProcess>();
/** Refuses whatever it is asked, at length. */
let hostile: Server;
let hostileUrl: string;
beforeAll(async () => {
  hostile = createServer((request, response) => {
    request.resume();
    const error = { code: long, message: long, details: [{ path: long, message: long }] };
    response.writeHead(400, path, { "content-type": "application/json", "x-request-id": path });
    response.end(JSON.stringify({ error, requestId: long }));
  });
  await new Promise<void>((resolve) => hostile.listen(0, "127.0.0.1", resolve));
  hostileUrl = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
  hostile.closeAllConnections();
  hostile.close();
  rmSync(folder, { recursive: true });
});

function post(url: string, body: string, headers: Record<string, string> = {}) {
  return fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
}

function call(url: string, method: string, params: object) {
  return post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }), {
    accept: "application/json, text/event-stream",
  });
}

async function askApi(origin: string) {
  await fetch(`${origin}/v1/${path}${path}`);
  await fetch(`${origin}/v1/${path}`, { headers: { authorization: `Bearer ${path}` } });
  await post(`${origin}/v1/contacts`, JSON.stringify({ [long]: long }));
}

async function askMcp(origin: string) {
  await call(`${origin}/mcp`, "tools/call", { name: long, arguments: {} });
  await call(`${origin}/mcp`, "tools/call", { name: "search_contacts", arguments: { query: "x", [long]: long } });
  await call(`${origin}/mcp`, "tools/call", { name: "get_account", arguments: {} });
  await call(`${origin}/mcp`, long, {});
}

async function deliver(url: string) {
  // All of them below the size of a delivery.
  const text = long.slice(0, 60_000);
  const event = { ...messageEvent("evt_1", text), orgId: text };
  for (const each of [event, { ...event, createdAt: text }, { ...event, id: text }, { ...event, type: text }]) {
    const body = JSON.stringify(each);
    await post(url, body, { "x-onsync-signature": signPayload(body, secret) });
  }
  await post(url, long, { "x-onsync-signature": path });
}

const servers: [string, () => string[], (origin: string) => Promise<void>, RegExp][] = [
  ["reference", () => ["reference", "--control"], askApi, /"path":"\/v1\/aaaa/],
  [
    "start",
    () => ["start"],
    async (origin) => {
      await askApi(origin);
      await askMcp(origin);
    },
    /"msg":"tool call failed"/,
  ],
  ["mcp", () => ["mcp", "--http"], askMcp, /"tool":"get_account".*\n/],
  [
    "listen",
    () => ["listen", "--data", join(folder, "events.db"), "--forward", `${hostileUrl}/`],
    deliver,
    /hand-on failed/,
  ],
];

test.each(servers)(
  "%s",
  async (_name, args, ask, seen) => {
    const real = args()[0] === "mcp";
    const child = spawn(process.execPath, [script, ...args(), "--port", "0", "--json"], {
      env: {
        ...bareEnvironment,
        ONSYNC_LOG_LEVEL: "trace",
        ONSYNC_WEBHOOK_SECRETS: secret,
        ...(real && { ONSYNC_BASE_URL: hostileUrl, ONSYNC_API_KEY: "onsync_pk_test_of_the_log" }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    transcribe(child);
    let log = "";
    const logged = new Promise<void>((resolve) => {
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        if (seen.test(log)) resolve();
      });
    });
    const [ready] = await once(child.stdout.setEncoding("utf8"), "data");
    const { url } = JSON.parse(ready) as { url: string };
    await ask(args()[0] === "listen" ? url : new URL(url).origin);
    await logged;
    child.kill("SIGTERM");
    await once(child, "close");
    running.delete(child);
    const lines = log.trim().split("\n");
    for (const line of lines) expect(JSON.parse(line)).toHaveProperty("level");
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(longestLine);
    // Nobody's text makes the others' disappear: each call has left its line.
    expect(lines.length).toBeGreaterThan(1);
  },
  30_000,
);
