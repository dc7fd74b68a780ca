import { describe, expect, test } from "@jest/globals";
import type { CallOptions, OnSyncError, WebhookInput } from "../../../src/client/index.ts";
import { html, json, networkError, never, refused, type Step, scriptedOnSync } from "../../../testing/scripted.ts";

const url = "https://example.com/hooks/onsync";
const input = { url, events: ["message.created", "contact.created"], secret: "whsec_mine" } satisfies WebhookInput;
const post = "POST /v1/webhooks";
const get = "GET /v1/webhooks";
const lost = networkError("ECONNRESET");

function webhook(id: string, changes: object = {}) {
  return {
    id,
    url,
    events: ["contact.created", "message.created"],
    status: "active",
    createdAt: "2024-12-01T10:00:00.000Z",
    ...changes,
  };
}

const created = json(201, { ...webhook("wh_1"), secret: "whsec_mine" });

function list(...data: object[]) {
  return json(200, { data });
}

async function create(steps: Step[], changes: Partial<WebhookInput> = {}, options?: CallOptions) {
  const script = scriptedOnSync(steps);
  const outcome = await script.onsync.webhooks
    .create({ ...input, ...changes }, options)
    .catch((error: OnSyncError) => error);
  return { ...script, outcome };
}

describe("webhooks.create", () => {
  test("is one request, and its answer has the secret", async () => {
    const { outcome, lines } = await create([created]);
    expect(outcome).toMatchObject({ id: "wh_1", secret: "whsec_mine", requestId: "req_1" });
    expect(lines()).toEqual([post]);
  });

  test.each([
    ["a refused connection", networkError("ECONNREFUSED", "connect")],
    ["a 429", refused(429, "rate_limited")],
  ])("is made again after %s", async (_what, step) => {
    const { outcome, lines } = await create([step, created]);
    expect(outcome).toMatchObject({ id: "wh_1" });
    expect(lines()).toEqual([post, post]);
  });

  test.each([
    ["a reset", lost],
    ["an HTML 502", html(502)],
    ["malformed JSON", { status: 201, headers: {}, text: "{" }],
    ["a 500", refused(500, "internal")],
    ["silence until the deadline", never],
  ])("after %s the endpoint that appeared meanwhile is the answer, with the caller's secret", async (_what, step) => {
    const { outcome, lines } = await create([
      step,
      list(
        webhook("wh_older", { createdAt: "2024-12-01T08:00:00.000Z" }),
        webhook("wh_other", { url: "https://example.com/other" }),
        webhook("wh_events", { events: ["message.created"] }),
        webhook("wh_another", { events: ["message.created", "contact.updated"] }),
        webhook("wh_1"),
      ),
    ]);
    expect(outcome).toEqual({
      ...webhook("wh_1"),
      secret: "whsec_mine",
      requestId: "req_1",
      timestamp: "2024-12-01T10:00:00.000Z",
    });
    expect(lines()).toEqual([post, get]);
  });

  test.each([
    ["5 s before the request, by the server's clock, is the answer", "2024-12-01T09:59:55.000Z", { id: "wh_1" }],
    ["earlier than that is an older one", "2024-12-01T09:59:54.999Z", { name: "UnknownOutcomeError" }],
  ])("an endpoint that was registered %s", async (_when, createdAt, expected) => {
    expect((await create([lost, list(webhook("wh_1", { createdAt }))])).outcome).toMatchObject(expected);
  });

  test("is an unknown outcome where the list does not tell the server's time", async () => {
    const undated = { ...list(), text: JSON.stringify({ data: [webhook("wh_1")] }) };
    const { outcome } = await create([lost, undated]);
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", advice: expect.stringMatching(/^Delete wh_1 /) });
  });

  test("takes an event that is named twice for one", async () => {
    const twice = { events: ["message.created", "message.created"] } satisfies Partial<WebhookInput>;
    const once = webhook("wh_1", { events: ["message.created"] });
    expect((await create([lost, list(webhook("wh_2"), once)], twice)).outcome).toMatchObject({ id: "wh_1" });
  });

  test("is not made again when OnSync itself said 500 and no endpoint appeared: it may appear late", async () => {
    const { outcome, lines } = await create([refused(500, "internal"), list()]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("none is there yet"),
    });
    expect(lines()).toEqual([post, get]);
  });

  test.each<[string, Step[], Partial<WebhookInput>, string, string]>([
    [
      "its secret is lost",
      [lost, list(webhook("wh_1"))],
      { secret: undefined },
      "1 with its url are there",
      "Delete wh_1",
    ],
    [
      "two appeared",
      [lost, list(webhook("wh_1"), webhook("wh_2"))],
      {},
      "2 with its url are there",
      "Delete wh_1 and wh_2",
    ],
    [
      "it cannot be dated",
      [lost, list(webhook("wh_1", { createdAt: undefined }))],
      {},
      "1 with its url are there",
      "Delete wh_1",
    ],
    ["it may still be on its way", [lost, list()], {}, "none is there yet", "List the webhooks before"],
    [
      "the list cannot be read",
      [lost, refused(403, "insufficient_scope")],
      {},
      "could not be read",
      "List the webhooks",
    ],
  ])("is an unknown outcome where %s", async (_what, steps, changes, message, advice) => {
    const { outcome } = await create(steps, changes);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      retryable: false,
      message: expect.stringContaining(message),
      advice: expect.stringContaining(advice),
      clientReference: null,
    });
  });

  test("is an unknown outcome where it is aborted on its way", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const aborting: Step = () => {
      controller.abort(reason);
      return never();
    };
    const { outcome } = await create([aborting], {}, { signal: controller.signal });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", cause: reason });
  });

  test("rejects with the caller's reason where it is aborted before", async () => {
    const reason = new Error("no longer wanted");
    expect((await create([], {}, { signal: AbortSignal.abort(reason) })).outcome).toBe(reason);
  });

  test.each([
    [{ url: "example.com" }, "url: must be an https:// or http:// address"],
    [{ events: [] }, "events: name at least one event"],
    [{ secret: "" }, "secret: must not be empty"],
  ])("refuses %j before a request", async (changes, message) => {
    const { outcome, requests } = await create([], changes);
    expect(outcome).toMatchObject({ name: "ValidationError", message });
    expect(requests).toHaveLength(0);
  });
});

describe("webhooks.delete", () => {
  test("takes a 204 for done", async () => {
    const { onsync } = scriptedOnSync([{ status: 204, headers: { "x-request-id": "req_7" }, text: "" }]);
    expect(await onsync.webhooks.delete("wh_1")).toMatchObject({ id: "wh_1", deleted: true, requestId: "req_7" });
  });
});

describe("account.check", () => {
  const account = { org: { id: "org_1", name: "Expo" }, keyPrefix: "onsync_pk_test_SCRI", scopes: [] };

  test.each<[string, Step[], object, string[]]>([
    ["GET /me", [json(200, account)], { via: "me", account: expect.objectContaining(account) }, ["GET /v1/me"]],
    ["200", [refused(404, "unknown_endpoint"), list()], { via: "webhooks", account: null }, ["GET /v1/me", get]],
    ["403", [html(404), refused(403, "insufficient_scope")], { via: "webhooks", account: null }, ["GET /v1/me", get]],
  ])("proves the key by %s", async (_what, steps, expected, lines) => {
    const script = scriptedOnSync(steps);
    expect(await script.onsync.account.check()).toEqual(expected);
    expect(script.lines()).toEqual(lines);
  });

  test.each<[string, Step[], string]>([
    ["a wrong key", [refused(401, "invalid_api_key")], "AuthenticationError"],
    [
      "a wrong key, without GET /me",
      [refused(404, "unknown_endpoint"), refused(401, "invalid_api_key")],
      "AuthenticationError",
    ],
    ["a gateway's 403, which proves nothing", [refused(404, "unknown_endpoint"), html(403)], "PermissionError"],
    ["another API altogether", [html(404), html(404)], "NotFoundError"],
  ])("fails with %s", async (_what, steps, name) => {
    await expect(scriptedOnSync(steps).onsync.account.check()).rejects.toMatchObject({ name });
  });
});
