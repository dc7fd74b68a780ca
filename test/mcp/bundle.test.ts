/** The one file that hosts start. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { tools } from "../../mcp/tools/index.ts";
import { createReference } from "../../reference/index.ts";
import { bundle } from "../../scripts/mcp/bundle.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { startProxy } from "../../testing/network/proxy.ts";
import { answerOf, everyToolset } from "./session.ts";

// Far from the project: what it needs of node_modules it must carry.
const folder = mkdtempSync(join(tmpdir(), "onsync-bundle-"));
const file = join(folder, "onsync-mcp.cjs");
const cache = join(folder, "cache");
beforeAll(async () => {
  await bundle(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: string[], env: Record<string, string> = {}, node: string[] = []) {
  const child = spawn(process.execPath, [...node, file, ...args], {
    cwd: folder,
    env: { XDG_CACHE_HOME: cache, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdin.end();
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

const key = { ONSYNC_API_KEY: "onsync_pk_test_key" };

test("works as the source does, against a real server", async () => {
  const reference = createReference({ keys: ["bundle-key"] });
  const api = await reference.listen(0);
  const client = new Client({ name: "test", version: "1" });
  await openSqliteStore({ file: join(folder, "events.db"), claim: false }).close();
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [file, "--toolsets", everyToolset.toolsets.join(","), "--events", join(folder, "events.db")],
      env: {
        XDG_CACHE_HOME: cache,
        ONSYNC_API_KEY: "bundle-key",
        ONSYNC_BASE_URL: api.url,
        ONSYNC_LOG_LEVEL: "silent",
      },
    }),
  );
  try {
    expect((await client.listTools()).tools).toEqual(tools.map(({ definition }) => definition));
    const call = async (name: string, args: Record<string, unknown>) =>
      answerOf(await client.callTool({ name, arguments: args }));
    expect((await call("save_contact", { firstName: "Sara", phone: "+971 50 000 0000" })).data.created).toBe(true);
    const sent = await call("send_template", {
      to: "+971500000000",
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    });
    expect(sent.text).toContain("Accepted");
    const history = await call("list_messages", { conversationId: "whatsapp:+971500000000" });
    expect(history.data.data[0].id).toBe(sent.data.id);
    // Node's own SQLite is loaded for the events of a receiver.
    expect((await call("wait_for_events", { timeoutSeconds: 0 })).isError).toBe(false);
    // Cryptography is loaded when it is needed.
    expect((await call("send_message", { platform: "whatsapp", to: "+971500000000", content: "" })).isError).toBe(true);
  } finally {
    await client.close();
    await reference.close();
  }
}, 20_000);

test("goes through the proxy of the environment", async () => {
  const proxy = await startProxy();
  const reference = createReference({ keys: ["bundle-key"] });
  const api = await reference.listen(0);
  const client = new Client({ name: "test", version: "1" });
  const env = { XDG_CACHE_HOME: cache, ONSYNC_API_KEY: "bundle-key", ONSYNC_BASE_URL: api.url, HTTP_PROXY: proxy.url };
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [file, "--toolsets", "webhooks"],
      env: { ...env, ONSYNC_LOG_LEVEL: "silent" },
    }),
  );
  try {
    expect(answerOf(await client.callTool({ name: "list_webhooks", arguments: {} })).isError).toBe(false);
    expect(proxy.seen).toEqual([`GET ${api.url}/webhooks`]);
    const wrong = await run([], { ...env, HTTP_PROXY: "socks5://127.0.0.1" });
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("HTTP_PROXY must be the URL") });
  } finally {
    await client.close();
    await reference.close();
    await proxy.close();
  }
}, 20_000);

test("SIGTERM during a send lets it finish", async () => {
  const arrived = Promise.withResolvers<ServerResponse>();
  const api = createServer((_request, response) => arrived.resolve(response)).listen(0, "127.0.0.1");
  await once(api, "listening");
  const { port } = api.address() as AddressInfo;
  const child = spawn(process.execPath, [file], {
    env: { ...key, XDG_CACHE_HOME: cache, ONSYNC_BASE_URL: `http://127.0.0.1:${port}/v1`, ONSYNC_LOG_LEVEL: "silent" },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const closed = once(child, "close");
  const params = { name: "send_message", arguments: { platform: "telegram", to: "77", content: "Hi" } };
  child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })}\n`);
  const answer = await arrived.promise;
  child.kill("SIGTERM");
  answer.writeHead(201, { "content-type": "application/json" });
  answer.end(
    JSON.stringify({
      id: "msg_1",
      conversationId: "telegram:77",
      platform: "telegram",
      to: "77",
      type: "text",
      direction: "outbound",
      status: "queued",
      content: "Hi",
      createdAt: "2024-12-01T12:00:00.000Z",
      metadata: {},
      requestId: "req_1",
      timestamp: "2024-12-01T12:00:00.000Z",
    }),
  );
  const { result } = JSON.parse(String((await lines.next()).value));
  expect(result.structuredContent).toMatchObject({ id: "msg_1", status: "queued" });
  expect(await closed).toEqual([0, null]);
  api.close();
}, 20_000);

test("a start loads no HTTP, no SQLite, no cryptography, no worker threads", async () => {
  // Printed to stderr when it ends: stdout is the protocol's.
  const spy =
    'process.on("exit", () => process.stderr.write("LOADED " + process.moduleLoadList.filter((name) => /^NativeModule (http|https|sqlite|crypto|worker_threads|child_process|internal\\/deps\\/undici.*)$/.test(name)).join()))';
  const { code, stdout, stderr } = await run([], key, ["--import", `data:text/javascript,${encodeURIComponent(spy)}`]);
  expect([code, stdout]).toEqual([0, ""]);
  expect(stderr).toMatch(/LOADED $/);
});

test("keeps its compiled code in the user's own cache, and starts where it cannot", async () => {
  expect((await run(["--version"])).code).toBe(0);
  expect(readdirSync(join(cache, "onsync-mcp"))).toHaveLength(1);
  expect((await run(["--version"], { XDG_CACHE_HOME: file })).code).toBe(0);
});

test("is small, and says where the rest is", async () => {
  expect(statSync(join(folder, "onsync-mcp.bundle.cjs")).size).toBeLessThan(665_000);
  expect(statSync(file).mode & 0o111).not.toBe(0);
  expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringContaining("No API key is set.") });
  expect(await run(["--http"], key)).toMatchObject({ code: 2, stderr: expect.stringContaining("onsync mcp --http") });
  expect(await run(["--events", "redis://127.0.0.1:1"], key)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("onsync mcp --events"),
  });
  expect(await run(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  expect(await run(["mcp", "--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("--read-only") });
});
