/** The control API over HTTP: every route, its errors, and who is refused. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { controlRoutes } from "../../../reference/control/routes.ts";
import { createReference } from "../../../reference/index.ts";
import { type Body, call, hour, start, still } from "../caller.ts";

const sara = "+971500000000";
const conversation = `whatsapp%3A%2B971500000000`;

function controlled(options = {}) {
  return still({ control: true, ...options });
}

/** The control API asks for its token, and for no key. */
const keyless = { key: null };
const controlToken = "the-token-of-these-tests";

describe("every route", () => {
  test("orgs and keys: made, used, revoked", async () => {
    await using api = controlled();
    const org = await api.call("POST", "/_control/orgs", { name: "Acme", rateLimit: 5 }, keyless);
    expect(org.status).toBe(201);
    expect(org.body).toEqual({
      id: expect.stringMatching(/^org_/),
      name: "Acme",
      rateLimit: 5,
      createdAt: new Date(start).toISOString(),
      requestId: org.headers.get("x-request-id"),
      timestamp: new Date(start).toISOString(),
    });
    const made = await api.call("POST", "/_control/keys", { orgId: org.body.id, scopes: ["read:contacts"] }, keyless);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      id: expect.stringMatching(/^key_/),
      key: expect.stringMatching(/^onsync_pk_test_[0-9A-Za-z]{32}$/),
      orgId: org.body.id,
      scopes: ["read:contacts"],
    });
    expect(made.body.keyPrefix).toBe(made.body.key.slice(0, "onsync_pk_test_".length + 4));
    const { key } = made.body;
    const me = await api.call("GET", "/v1/me", undefined, { key });
    expect(me.body).toMatchObject({ org: { id: org.body.id, name: "Acme" }, scopes: ["read:contacts"] });
    expect(me.body.keyPrefix).toBe(made.body.keyPrefix);

    const revoked = await api.call("DELETE", `/_control/keys/${made.body.id}`, undefined, keyless);
    expect(revoked).toMatchObject({ status: 200, body: { id: made.body.id, revoked: true } });
    expect((await api.call("GET", "/v1/me", undefined, { key })).status).toBe(401);
  });

  test("a key needs no body: all scopes, the default org", async () => {
    await using api = controlled();
    const { status, body } = await api.call("POST", "/_control/keys", undefined, keyless);
    expect(status).toBe(201);
    expect(body.orgId).toBe(api.reference.orgId);
    expect((await api.call("GET", "/v1/me", undefined, { key: body.key })).body.scopes).toHaveLength(6);
  });

  test("inbound, status, assign, resolve", async () => {
    await using api = controlled();
    const inbound = await api.call(
      "POST",
      "/_control/inbound",
      { platform: "whatsapp", from: sara, content: "Hi" },
      keyless,
    );
    expect(inbound.status).toBe(201);
    expect(inbound.body).toMatchObject({ conversationId: `whatsapp:${sara}`, direction: "inbound", content: "Hi" });
    const { body: sent } = await api.call("POST", "/v1/messaging/send", {
      platform: "whatsapp",
      to: sara,
      messageType: "text",
      content: "Hello",
    });
    const status = await api.call("POST", `/_control/messages/${sent.id}/status`, { status: "delivered" }, keyless);
    expect(status).toMatchObject({ status: 200, body: { id: sent.id, status: "delivered" } });
    const assigned = await api.call(
      "POST",
      `/_control/conversations/${conversation}/assign`,
      { assignee: "Layla Haddad" },
      keyless,
    );
    expect(assigned).toMatchObject({ status: 200, body: { status: "assigned", assignee: { name: "Layla Haddad" } } });
    const resolved = await api.call("POST", `/_control/conversations/whatsapp:${sara}/resolve`, undefined, keyless);
    expect(resolved).toMatchObject({ status: 200, body: { status: "resolved", resolvedAt: expect.any(String) } });
  });

  test("webhooks and deliveries: pause, resume, list, redeliver", async () => {
    await using api = controlled({ deliver: async () => ({ status: 200 }) });
    const { body: webhook } = await api.call("POST", "/v1/webhooks", {
      url: "https://example.com",
      events: ["contact.created"],
    });
    const paused = await api.call("POST", `/_control/webhooks/${webhook.id}/pause`, undefined, keyless);
    expect(paused).toMatchObject({ status: 200, body: { id: webhook.id, status: "paused" } });
    expect(paused.text).not.toContain("secret");
    await api.call("POST", "/v1/contacts", { phone: sara });
    const resumed = await api.call("POST", `/_control/webhooks/${webhook.id}/resume`, undefined, keyless);
    expect(resumed).toMatchObject({ status: 200, body: { status: "active", stats: { pending: 1 } } });
    await api.reference.settled();
    const listed = await api.call("GET", `/_control/deliveries?webhookId=${webhook.id}`, undefined, keyless);
    expect(listed.body.data).toMatchObject([
      { webhookId: webhook.id, status: "delivered", attempts: [{ statusCode: 200 }] },
    ]);
    expect((await api.call("GET", "/_control/deliveries?webhookId=wh_other", undefined, keyless)).body.data).toEqual(
      [],
    );
    const again = await api.call(
      "POST",
      `/_control/deliveries/${listed.body.data[0].id}/redeliver`,
      undefined,
      keyless,
    );
    expect(again).toMatchObject({ status: 200, body: { status: "delivered" } });
    expect(again.body.attempts).toHaveLength(2);
  });

  test("deliveries: the latest so many, oldest first", async () => {
    await using api = controlled({ deliver: async () => ({ status: 200 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    for (let count = 1; count <= 4; count += 1) {
      await api.call("POST", "/v1/contacts", { phone: `+97150000000${count}` });
      await api.later(1000);
    }
    const { data } = (await api.call("GET", "/_control/deliveries?limit=3", undefined, keyless)).body;
    expect(data.map((delivery: Body) => Date.parse(delivery.createdAt) - start)).toEqual([1000, 2000, 3000]);
  });

  test("the clock: read, frozen, moved on through what falls due", async () => {
    const attempts: number[] = [];
    await using api = controlled({ deliver: async () => ({ status: attempts.push(0) < 4 ? 500 : 200 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: sara });
    expect((await api.call("GET", "/_control/clock", undefined, keyless)).body).toMatchObject({
      now: new Date(start).toISOString(),
      frozen: false,
    });
    const moved = await api.call("POST", "/_control/clock", { freeze: true, advanceMs: hour }, keyless);
    expect(moved).toMatchObject({ status: 200, body: { now: new Date(start + hour).toISOString(), frozen: true } });
    // The answer came when all of it was done.
    expect(attempts).toHaveLength(4);
    expect((await api.call("POST", "/_control/clock", { resume: true }, keyless)).body.frozen).toBe(false);
  });

  test("a fault is removed by its id, and the others stay", async () => {
    await using api = controlled();
    const { id } = await api.reference.control.faults.add({ path: "/v1/me", status: 503 });
    const other = await api.reference.control.faults.add({ path: "/v1/contacts", status: 502 });
    const removed = await api.call("DELETE", `/_control/faults/${id}`, undefined, keyless);
    expect(removed).toMatchObject({ status: 200, body: { id, removed: true } });
    expect((await api.call("GET", "/v1/me")).status).toBe(200);
    expect((await api.call("GET", "/v1/contacts")).status).toBe(502);

    const again = await api.call("DELETE", `/_control/faults/${id}`, undefined, keyless);
    expect(again).toMatchObject({
      status: 404,
      body: { error: { code: "not_found", message: `There is no fault ${id}.` } },
    });
    await expect(api.reference.control.faults.remove("fault_none")).rejects.toMatchObject({
      status: 404,
      message: "There is no fault fault_none.",
    });
    expect(await api.reference.control.faults.list()).toMatchObject([{ id: other.id, hits: 1 }]);
  });

  test("templates: registered, replaced, listed, for the org that is named", async () => {
    await using api = controlled();
    const template = {
      name: "order_follow_up",
      language: "ar",
      category: "UTILITY",
      components: [{ type: "BODY", text: "مرحباً {{1}}" }],
    };
    const made = await api.call("POST", "/_control/templates", template, keyless);
    expect(made).toMatchObject({ status: 201, body: { ...template, status: "approved", platform: "whatsapp" } });
    await api.call(
      "POST",
      "/_control/templates",
      { name: "order_follow_up", language: "ar", status: "rejected" },
      keyless,
    );
    await api.call("POST", "/_control/templates", { name: "greeting", platform: "instagram" }, keyless);
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    await api.call("POST", "/_control/templates", { name: "theirs", orgId }, keyless);
    const { data } = (await api.call("GET", "/v1/templates")).body;
    expect(data).toEqual([
      { name: "greeting", language: "en", status: "approved", platform: "instagram", components: [] },
      { name: "order_follow_up", language: "ar", status: "rejected", platform: "whatsapp", components: [] },
      // The documentation's own, with which each org begins.
      expect.objectContaining({ name: "order_follow_up", language: "en", status: "approved" }),
    ]);
    expect((await api.call("GET", "/v1/templates?platform=whatsapp")).body.data).toHaveLength(2);
    expect((await api.call("GET", `/_control/templates?orgId=${orgId}`, undefined, keyless)).body.data).toMatchObject([
      { name: "order_follow_up" },
      { name: "theirs" },
    ]);
  });

  test("reset: everything is as at the start, and the key goes on working", async () => {
    await using api = controlled({ keys: ["onsync_pk_live_mine"] });
    await api.inbound();
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    const other = await api.reference.control.createKey();
    const reset = await api.call("POST", "/_control/reset", undefined, keyless);
    expect(reset).toMatchObject({ status: 200, body: { reset: true } });
    for (const path of ["/v1/contacts", "/v1/conversations", "/v1/webhooks"]) {
      expect((await api.call("GET", path)).body.data).toEqual([]);
    }
    expect((await api.call("GET", "/v1/templates")).body.data).toMatchObject([{ name: "order_follow_up" }]);
    expect((await api.call("GET", "/v1/me", undefined, { key: other.key })).status).toBe(401);
    expect((await api.call("GET", "/v1/me")).body.rateLimit.remaining).toBe(995);
  });
});

describe("errors are the API's own", () => {
  test.each<[string, string, Body, number, string, (string | number)[] | undefined]>([
    ["POST", "/orgs", {}, 400, "validation_failed", ["name"]],
    ["POST", "/orgs", { name: "A", rateLimit: 0 }, 400, "validation_failed", ["rateLimit"]],
    ["POST", "/keys", { scopes: ["admin"] }, 400, "validation_failed", ["scopes", 0]],
    ["POST", "/keys", { orgId: "org_none" }, 404, "not_found", undefined],
    ["DELETE", "/keys/key_none", undefined, 404, "not_found", undefined],
    ["DELETE", "/faults/fault_none", undefined, 404, "not_found", undefined],
    ["POST", "/inbound", { platform: "sms", from: "1", content: "x" }, 400, "validation_failed", ["platform"]],
    ["POST", "/inbound", { platform: "whatsapp", from: "sara", content: "x" }, 400, "validation_failed", ["from"]],
    ["POST", "/inbound", { platform: "telegram", from: "1", content: "" }, 400, "validation_failed", ["content"]],
    ["POST", "/messages/msg_none/status", { status: "sent" }, 404, "not_found", undefined],
    ["POST", "/messages/msg_none/status", { status: "seen" }, 400, "validation_failed", ["status"]],
    ["POST", "/conversations/whatsapp:none/resolve", undefined, 404, "not_found", undefined],
    ["POST", "/conversations/whatsapp:none/assign", {}, 400, "validation_failed", ["assignee"]],
    ["POST", "/webhooks/wh_none/pause", undefined, 404, "not_found", undefined],
    ["POST", "/deliveries/dlv_none/redeliver", undefined, 404, "not_found", undefined],
    ["GET", "/deliveries?limit=x", undefined, 400, "validation_failed", ["limit"]],
    ["POST", "/clock", { advanceMs: "1h" }, 400, "validation_failed", ["advanceMs"]],
    ["POST", "/templates", { language: "en" }, 400, "validation_failed", ["name"]],
    ["GET", "/nothing", undefined, 404, "unknown_endpoint", undefined],
    ["GET", "/orgs", undefined, 405, "method_not_allowed", undefined],
  ])("%s %s %j", async (method, path, body, status, code, field) => {
    await using api = controlled();
    const answer = await api.call(method, `/_control${path}`, body, keyless);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: { code }, requestId: answer.headers.get("x-request-id") });
    if (field) expect(answer.body.error.details[0].path).toEqual(field);
  });

  test("a body where none is read, on every such route: whoever sent it meant something else", async () => {
    await using api = controlled();
    const event = { id: "evt_1", type: "contact.created", createdAt: "2024-12-01T11:00:00Z", data: {} };
    const kept = api.reference.orgId;
    for (const { method, path, takesBody } of controlRoutes.filter((route) => route.method !== "GET")) {
      const answer = await api.call(method, `/_control${path.replace("{id}", "wh_1")}`, event);
      expect([path, takesBody, answer.status, answer.body.error.code]).toEqual([
        path,
        takesBody,
        400,
        "validation_failed",
      ]);
    }
    expect(api.reference.orgId).toBe(kept);
  });

  test("a body that is not JSON", async () => {
    await using api = controlled();
    const { status } = await api.call("POST", "/_control/inbound", undefined, {
      raw: "x",
      headers: { "Content-Type": "text/plain" },
    });
    expect(status).toBe(415);
  });
});

describe("who is refused", () => {
  test("everybody, where it was not asked for", async () => {
    await using api = still();
    const { status, body } = await api.call("GET", "/_control/clock");
    expect(status).toBe(404);
    expect(body.error.code).toBe("unknown_endpoint");
  });

  /** A request with the headers as they are given, Host included. */
  const ask = async (
    port: number,
    headers: Record<string, string>,
    path = "/_control/clock",
  ): Promise<number | undefined> => {
    const given = { Authorization: `Bearer ${controlToken}`, ...headers };
    const request = httpRequest({ port, host: "127.0.0.1", path, headers: given, setHost: !("Host" in headers) });
    request.end();
    const [response] = await once(request, "response");
    response.resume();
    return response.statusCode;
  };

  test.each<[string, (port: number) => Record<string, string>, number]>([
    ["the loopback", () => ({}), 200],
    ["localhost by name", (port) => ({ Host: `localhost:${port}` }), 200],
    ["IPv6", (port) => ({ Host: `[::1]:${port}` }), 200],
    ["a foreign Host (DNS rebinding)", () => ({ Host: "evil.example" }), 403],
    ["a foreign Host that only begins like one", (port) => ({ Host: `localhost.evil.example:${port}` }), 403],
    ["a foreign Host that looks like an address", () => ({ Host: "127.0.0.1.evil.example" }), 403],
    ["its own pages", (port) => ({ Host: `127.0.0.1:${port}`, Origin: `http://127.0.0.1:${port}` }), 200],
    ["a foreign Origin", () => ({ Origin: "https://evil.example" }), 403],
    ["another port's Origin", (port) => ({ Origin: `http://127.0.0.1:${port + 1}` }), 403],
    ["the Origin of a file", () => ({ Origin: "null" }), 403],
  ])("%s", async (_what, headers, status) => {
    const reference = createReference({ control: true, controlToken });
    try {
      const { port } = await reference.listen();
      expect(await ask(port, headers(port))).toBe(status);
    } finally {
      await reference.close();
    }
  });

  test("an absolute address in the request does not stand in for the Host", async () => {
    const reference = createReference({ control: true, controlToken });
    try {
      const { port } = await reference.listen();
      expect(await ask(port, { Host: "evil.example" }, `http://127.0.0.1:${port}/_control/clock`)).toBe(403);
      expect(await ask(port, {}, "http://evil.example/_control/clock")).toBe(403);
    } finally {
      await reference.close();
    }
  });

  test("a peer from elsewhere, whatever its headers say", async () => {
    await using api = controlled({ controlToken });
    const peer = (remoteAddress: string | undefined) =>
      ({ incoming: { socket: { remoteAddress }, headers: { host: "127.0.0.1" } } }) as never;
    const asked = (address: string | undefined) =>
      api.reference.fetch(
        new Request("http://127.0.0.1/_control/clock", { headers: { Authorization: `Bearer ${controlToken}` } }),
        peer(address),
      );
    for (const address of ["192.168.1.7", "203.0.113.9", "2001:db8::1", "::ffff:10.0.0.1", undefined]) {
      const response = await asked(address);
      expect(response.status).toBe(403);
      expect(((await response.json()) as Body).error.code).toBe("forbidden");
    }
    for (const address of ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"]) {
      expect((await asked(address)).status).toBe(200);
    }
  });

  test.each([
    ["no token", {}],
    ["another token", { Authorization: "Bearer the-token-of-other-tests" }],
    ["half of it", { Authorization: `Bearer ${controlToken.slice(0, 12)}` }],
    ["the token in another scheme", { Authorization: `Basic ${controlToken}` }],
    ["the API's key", { Authorization: "Bearer onsync_pk_test_ci" }],
  ])("who shows %s, on every route", async (_what, headers) => {
    await using api = controlled({ controlToken, keys: ["onsync_pk_test_ci"] });
    for (const { method, path } of controlRoutes) {
      const answer = await api.call(method, `/_control${path}`, undefined, { token: null, headers });
      expect(answer).toMatchObject({ status: 401, body: { error: { code: "control_token_required" } } });
      expect(answer.text).not.toContain(controlToken);
    }
  });

  test.each<Record<string, string>>([
    { "User-Agent": "OnSync-Webhooks/1.0" },
    { "X-OnSync-Signature": "00" },
    { "X-OnSync-Event": "contact.created" },
    { "X-OnSync-Delivery": "evt_1" },
    { "X-OnSync-Attempt": "1" },
    { "X-Forwarded-For": "203.0.113.9" },
    { Forwarded: "for=203.0.113.9" },
    { "X-Real-IP": "203.0.113.9" },
  ])("a webhook delivery and what a proxy forwards, whatever the token: %j", async (headers) => {
    await using api = controlled();
    for (const { method, path } of controlRoutes) {
      expect((await api.call(method, `/_control${path}`, undefined, { headers })).status).toBe(403);
    }
  });

  test("in process, a request to another host's name", async () => {
    await using api = controlled();
    expect((await api.reference.fetch(new Request("http://evil.example/_control/clock"))).status).toBe(403);
    expect((await call(api.reference, "GET", "/_control/clock", undefined, keyless)).status).toBe(200);
  });
});
