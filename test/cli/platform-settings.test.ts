/** How a platform tells a server its port and its secrets. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { signPayload } from "../../src/api/signature.ts";
import { messageEvent } from "../../testing/events.ts";
import { findFreePort } from "../../testing/network/free-port.ts";
import { type Started, startOnsync } from "../../testing/network/onsync-process.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-platform-"));
afterAll(() => rmSync(folder, { recursive: true }));
const started: Started[] = [];
afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

async function start(args: readonly string[], env: Record<string, string>): Promise<Started> {
  const server = await startOnsync(args, env);
  started.push(server);
  return server;
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const secret = "the-secret-of-the-endpoint";
const token = "the-token-of-the-mcp-server";

test("onsync listen takes the port of PORT and the secrets of a file", async () => {
  const PORT = String(await findFreePort());
  const env = { PORT, ONSYNC_WEBHOOK_SECRETS_FILE: file("secrets", `newest\n${secret}\n`) };
  const { ready } = await start(["listen", "--data", join(folder, "events.db")], env);
  expect(ready.url).toBe(`http://127.0.0.1:${PORT}/`);
  const body = JSON.stringify(messageEvent("evt_1"));
  const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
  expect((await fetch(ready.url, { method: "POST", headers, body })).status).toBe(200);
});

test("onsync mcp --http takes the port of PORT and the token of a file", async () => {
  const PORT = String(await findFreePort());
  const key = file("key", "onsync_pk_test_ci");
  const env = { PORT, ONSYNC_API_KEY_FILE: key, ONSYNC_MCP_TOKEN_FILE: file("token", `${token}\n`) };
  const { ready } = await start(["mcp", "--http"], env);
  expect(ready.url).toBe(`http://127.0.0.1:${PORT}/mcp`);
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const statusWith = async (bearer: object) =>
    (await fetch(ready.url, { method: "POST", headers: { ...headers, ...bearer }, body })).status;
  expect([await statusWith({}), await statusWith({ authorization: `Bearer ${token}` })]).toEqual([401, 200]);
});

test("--port counts before PORT, and PORT opens no other address than the loopback", async () => {
  const env = { PORT: "1", ONSYNC_WEBHOOK_SECRETS: secret };
  const { ready } = await start(["listen", "--data", join(folder, "other.db"), "--port", "0"], env);
  expect(new URL(ready.url).hostname).toBe("127.0.0.1");
  expect(new URL(ready.url).port).not.toBe("1");
});
