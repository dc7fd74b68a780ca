/** Every route of the control API over HTTP. */
import { describe, expect, test } from "@jest/globals";
import { type Body, hour, start } from "../caller.ts";
import { controlled, conversation, keyless, sara } from "./controlled.ts";

describe("every route", () => {
  test("makes an org and a key, lets the key in, and revokes it", async () => {
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

  test("makes a key without a body: of the default org, with all scopes", async () => {
    await using api = controlled();
    const { status, body } = await api.call("POST", "/_control/keys", undefined, keyless);
    expect(status).toBe(201);
    expect(body.orgId).toBe(api.reference.orgId);
    expect((await api.call("GET", "/v1/me", undefined, { key: body.key })).body.scopes).toHaveLength(6);
  });

  test("takes an inbound message, a message's status, an assignment and a resolution", async () => {
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

  test("pauses and resumes an endpoint, lists its deliveries, and delivers one again", async () => {
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

  test("lists as many of the latest deliveries as asked for, oldest first", async () => {
    await using api = controlled({ deliver: async () => ({ status: 200 }) });
    await api.call("POST", "/v1/webhooks", { url: "https://example.com", events: ["contact.created"] });
    for (let count = 1; count <= 4; count += 1) {
      await api.call("POST", "/v1/contacts", { phone: `+97150000000${count}` });
      await api.later(1000);
    }
    const { data } = (await api.call("GET", "/_control/deliveries?limit=3", undefined, keyless)).body;
    expect(data.map((delivery: Body) => Date.parse(delivery.createdAt) - start)).toEqual([1000, 2000, 3000]);
  });

  test("reads the clock, freezes it, and moves it on through what falls due", async () => {
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

  test("registers a template, replaces it, and lists those of the org that is named", async () => {
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

  test("a reset puts everything back to how it started, and the key goes on working", async () => {
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
