/** Servers that are told to stop behind a balancer, as processes. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { signPayload } from "../../src/api/signature.ts";
import { messageEvent } from "../../testing/events.ts";
import { type Started, startOnsync } from "../../testing/network/onsync-process.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-drain-"));
afterAll(() => rmSync(folder, { recursive: true }));
const started = new Set<Started>();
afterEach(() => {
  for (const { child } of started) child.kill("SIGKILL");
});

const secret = "the-secret-of-the-endpoint";
const token = "the-token-of-the-mcp-server";

async function start(args: readonly string[], env: Record<string, string>): Promise<Started & { origin: string }> {
  const server = await startOnsync(args, env);
  started.add(server);
  return { ...server, origin: `http://127.0.0.1:${server.port}` };
}

/** Told to stop: resolves when `/readyz` says so. */
async function tellToStop({ child, origin }: Started & { origin: string }): Promise<unknown> {
  child.kill("SIGTERM");
  for (;;) {
    const readiness = await fetch(`${origin}/readyz`);
    const answer = await readiness.json();
    if (readiness.status === 503) return answer;
  }
}

const stopping = { ready: false, problems: { server: "is stopping" } };

test("onsync listen takes deliveries while it says that it is not ready, and then ends", async () => {
  const receiver = await start(["listen", "--drain-delay", "1", "--data", join(folder, "events.db")], {
    ONSYNC_WEBHOOK_SECRETS: secret,
  });
  const ended = once(receiver.child, "exit");
  expect(await tellToStop(receiver)).toEqual(stopping);
  expect((await fetch(`${receiver.origin}/healthz`)).status).toBe(200);
  const body = JSON.stringify(messageEvent("evt_1"));
  const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) };
  expect((await fetch(receiver.origin, { method: "POST", headers, body })).status).toBe(200);
  expect(await ended).toEqual([0, null]);
});

test("onsync mcp --http answers calls while it says that it is not ready, and then ends", async () => {
  const server = await start(["mcp", "--http", "--drain-delay", "1"], {
    ONSYNC_API_KEY: "onsync_pk_test_ci",
    ONSYNC_MCP_TOKEN: token,
  });
  const ended = once(server.child, "exit");
  expect(await tellToStop(server)).toEqual(stopping);
  const listed = await fetch(`${server.origin}/mcp`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  expect([listed.status, listed.headers.get("connection")]).toEqual([200, "close"]);
  expect(await ended).toEqual([0, null]);
});
