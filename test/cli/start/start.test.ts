import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { Environment } from "../../../cli/output/io.ts";
import { registerReceiver } from "../../../cli/start/api.ts";
import { type StartOptions, startEverything } from "../../../cli/start/everything.ts";
import { endWaitsOnStop } from "../../../cli/start/receiver.ts";
import { createReference } from "../../../reference/index.ts";
import { eventTypes } from "../../../src/api/index.ts";
import { createEventLog, signPayload } from "../../../src/webhooks/index.ts";
import { onsyncPair } from "../../../testing/onsync.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** `onsync start` in this process. */
async function start(options: Partial<StartOptions> = {}, env: Environment = {}) {
  const stop = new AbortController();
  const io = {
    env,
    stdin: (async function* () {})(),
    stdout: { write: () => {} },
    stderr: { write: () => {} },
  };
  const useReal = env.ONSYNC_API_KEY !== undefined;
  const log = pino({ level: "silent" });
  const started = await startEverything({
    io,
    log,
    options: { port: 0, host: "127.0.0.1", ...options },
    useReal,
    stopped: stop.signal,
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    stop.abort();
    closing ??= started.close();
    return closing;
  };
  cleanUps.push(close);
  const { origin } = started.site;
  const { key, controlToken } = started.site.api.embedded ? started.site.api : { key: "", controlToken: "" };
  const bearer = (path: string) => ({
    authorization: `Bearer ${path.startsWith("/_control/") ? controlToken : key}`,
  });
  return {
    ...started,
    origin,
    close,
    get: (path: string) => fetch(`${origin}${path}`, { headers: bearer(path) }),
    post: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(`${origin}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer(path), ...headers },
        body: JSON.stringify(body),
      }),
  };
}

type Started = Awaited<ReturnType<typeof start>>;

async function callTool({ post }: Started, name: string, args: object) {
  const response = await post(
    "/mcp",
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } },
    { accept: "application/json, text/event-stream" },
  );
  const { result } = (await response.json()) as {
    result: { isError?: true; structuredContent: Record<string, unknown> };
  };
  return result;
}

describe("onsync start", () => {
  test("answers the documentation's two requests with requestId and timestamp", async () => {
    const { post } = await start();
    const contact = await post("/v1/contacts", {
      firstName: "Sara",
      lastName: "Hussein",
      phone: "+971500000000",
      email: "sara@example.com",
      tags: ["lead", "expo"],
      channel: "instagram",
      properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
    });
    const message = await post("/v1/messaging/send", {
      platform: "whatsapp",
      to: "+971500000000",
      messageType: "text",
      content: "Welcome to OnSync. Reply STOP to unsubscribe.",
      metadata: { source: "api", campaign: "expo-follow-up" },
    });
    for (const response of [contact, message]) {
      expect(response.ok).toBe(true);
      expect(await response.json()).toMatchObject({
        requestId: expect.stringMatching(/^req_/),
        timestamp: expect.stringMatching(/Z$/),
      });
    }
  });

  test("an assistant that waits for events gets what a customer writes", async () => {
    const started = await start();
    const { structuredContent: before } = await callTool(started, "wait_for_events", { timeoutSeconds: 0 });
    const waiting = callTool(started, "wait_for_events", {
      cursor: before.cursor,
      types: ["message.created"],
      timeoutSeconds: 25,
    });
    const inbound = await started.post("/_control/inbound", {
      platform: "whatsapp",
      from: "+971500000000",
      content: "Thank you!",
    });
    expect(inbound.ok).toBe(true);
    expect((await waiting).structuredContent.data).toMatchObject([{ type: "message.created" }]);
  });

  test("keeps the data of --data, and registers one receiver each time", async () => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-start-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const data = join(folder, "onsync.db");
    const first = await start({ data });
    const { id } = (await (await first.post("/v1/contacts", { email: "kept@example.com" })).json()) as { id: string };
    await first.close();

    const second = await start({ data });
    expect(second.site.api).toEqual({
      ...first.site.api,
      url: `${second.origin}/v1`,
      controlToken: expect.any(String),
    });
    expect((await second.get(`/v1/contacts/${id}`)).status).toBe(200);
    const { data: webhooks } = (await (await second.get("/v1/webhooks")).json()) as { data: unknown[] };
    expect(webhooks).toMatchObject([{ url: `${second.origin}/hooks`, events: [...eventTypes], status: "active" }]);
  });

  test.each([
    ["in memory", false],
    ["kept with --data", true],
  ])("after a reset the receiver is registered again, and takes what is delivered (%s)", async (_where, kept) => {
    const folder = mkdtempSync(join(tmpdir(), "onsync-start-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const options = kept ? { data: join(folder, "onsync.db") } : {};
    const started = await start(options);
    const { origin, post } = started;
    const listed = async () => (await (await started.get("/v1/webhooks")).json()) as { data: { id: string }[] };
    const [before] = (await listed()).data;
    await Promise.all([post("/_control/reset", {}), post("/_control/reset", {})]);
    expect((await post("/_control/reset", {})).status).toBe(200);

    // It is there when the answer is, once, and another than before.
    const { data } = await listed();
    expect(data).toMatchObject([{ url: `${origin}/hooks`, events: [...eventTypes], status: "active" }]);
    expect(data[0]?.id).not.toBe(before?.id);

    const { structuredContent: now } = await callTool(started, "wait_for_events", { timeoutSeconds: 0 });
    await post("/_control/inbound", { platform: "telegram", from: "7", content: "Anybody there?" });
    const waited = await callTool(started, "wait_for_events", {
      cursor: now.cursor,
      types: ["message.created"],
      timeoutSeconds: 25,
    });
    expect(waited.structuredContent.data).toMatchObject([{ type: "message.created" }]);
    // Answers when everything that is due has been delivered.
    await post("/_control/clock", { advanceMs: 0 });
    expect(await listed()).toMatchObject({ data: [{ stats: { failed: 0, retried: 0, lastStatusCode: 200 } }] });

    await started.close();
    if (!kept) return;
    const again = await start(options);
    const { data: after } = (await (await again.get("/v1/webhooks")).json()) as { data: unknown[] };
    expect(after).toMatchObject([{ url: `${again.origin}/hooks` }]);
  });

  test("drains though everything was reset meanwhile", async () => {
    const { post, close } = await start();
    expect((await post("/_control/reset", {})).ok).toBe(true);
    await expect(close()).resolves.toBeUndefined();
  });

  test("a port that is taken is an error that leaves nothing open", async () => {
    const { origin } = await start();
    const port = Number(new URL(origin).port);
    await expect(start({ port })).rejects.toMatchObject({ code: "EADDRINUSE", port });
  });

  test("a data file that cannot be used is an error that leaves nothing open", async () => {
    await expect(start({ data: "/nonexistent/onsync.db" })).rejects.toThrow("/nonexistent/onsync.db");
  });
});

describe("onsync start with a key", () => {
  const realOne = async () => {
    const reference = await createReference();
    cleanUps.push(() => reference.close());
    return { reference, url: (await reference.listen()).url };
  };

  test("talks to the API it is given, and has no /v1 of its own", async () => {
    const { reference, url } = await realOne();
    const started = await start({}, { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url });
    expect(started.site.api).toEqual({ embedded: false, url });
    const { structuredContent } = await callTool(started, "get_account", {});
    expect(JSON.stringify(structuredContent)).toContain(reference.orgId);
    expect((await started.get("/v1/me")).status).toBe(404);
    expect((await started.get("/_control/clock")).status).toBe(404);
    expect(await (await started.get("/")).text()).not.toContain(reference.key);
    expect((await started.post("/hooks", {})).status).toBe(404);
  });

  test("receives deliveries with ONSYNC_WEBHOOK_SECRETS", async () => {
    const { reference, url } = await realOne();
    const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url, ONSYNC_WEBHOOK_SECRETS: "new,old" };
    const { origin } = await start({}, env);
    const body = JSON.stringify({ id: "evt_1", type: "contact.created", createdAt: "2024-12-01T10:00:00Z", data: {} });
    const deliver = (secret: string) =>
      fetch(`${origin}/hooks`, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", "X-OnSync-Signature": signPayload(body, secret) },
      });
    expect((await deliver("old")).status).toBe(200);
    expect((await deliver("older")).status).toBe(401);
  });

  test("with ONSYNC_MCP_TOKEN, /mcp asks for it", async () => {
    const { reference, url } = await realOne();
    const env = { ONSYNC_API_KEY: reference.key, ONSYNC_BASE_URL: url, ONSYNC_MCP_TOKEN: "t0ken" };
    const { post } = await start({}, env);
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    const accept = "application/json, text/event-stream";
    expect((await post("/mcp", list, { accept })).status).toBe(401);
    expect((await post("/mcp", list, { accept, authorization: "Bearer t0ken" })).status).toBe(200);
  });
});

describe("those who wait for events when the program stops", () => {
  const wait = { limit: 10, timeoutMs: 60_000 };

  test("are answered at once, with a cursor to go on from", async () => {
    const stop = new AbortController();
    const events = endWaitsOnStop(createEventLog(), stop.signal);
    const waiting = events.wait(wait);
    stop.abort();
    expect(await waiting).toEqual({ data: [], cursor: expect.any(String), more: false, gap: false });
    expect(await events.wait(wait)).toMatchObject({ data: [] });
  });

  test("are given up where they gave up themselves", async () => {
    const caller = new AbortController();
    const events = endWaitsOnStop(createEventLog(), new AbortController().signal);
    const waiting = events.wait({ ...wait, signal: caller.signal });
    caller.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
  });
});

test("an endpoint that an earlier run left behind is replaced, another one stays", async () => {
  await using pair = await onsyncPair();
  const url = "http://127.0.0.1:4000/hooks";
  const other = await pair.onsync.webhooks.create({ url: "https://example.com/hooks", events: ["contact.created"] });
  const first = await registerReceiver(pair.onsync, url);
  const second = await registerReceiver(pair.onsync, url);
  expect(second.secret).not.toBe(first.secret);
  const urls = async () => (await pair.onsync.webhooks.list()).data.map((webhook) => webhook.url).sort();
  expect(await urls()).toEqual([url, other.url]);
  await second.unregister();
  await second.unregister();
  expect(await urls()).toEqual([other.url]);
});
