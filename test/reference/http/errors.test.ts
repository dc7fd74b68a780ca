/** Every row of the error table, provoked: status, code, details, envelope, X-Request-Id. The findings of a 400 are in validation.test.ts, what is wrong with a body as a whole in bodies.test.ts, unknown paths and ids in not-found.test.ts. */
import { describe, expect, test } from "@jest/globals";
import { type Body, still } from "../caller.ts";
import { expectError } from "../expect-error.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" };

describe("400 outside_messaging_window", () => {
  test("the body carries templateWindowStatus, and nothing was made", async () => {
    await using api = still();
    const body = expectError(await api.call("POST", "/v1/messaging/send", text), "outside_messaging_window");
    expect(body.templateWindowStatus).toEqual({
      open: false,
      lastInboundAt: null,
      expiredAt: null,
      requiresTemplate: true,
    });
    expect((await api.call("GET", "/v1/contacts")).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/conversations")).body.data).toEqual([]);
  });
});

describe("401 invalid_api_key", () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ["missing", {}, /no key/],
    ["malformed: another scheme", { Authorization: "Basic dXNlcjpwYXNz" }, /malformed/],
    ["malformed: no key after the scheme", { Authorization: "Bearer" }, /malformed/],
    ["malformed: two words", { Authorization: "Bearer a b" }, /malformed/],
    ["unknown", { Authorization: "Bearer onsync_pk_live_unknown" }, /unknown/],
  ])("%s", async (_what, headers, sentence) => {
    await using api = still();
    const answer = await api.call("GET", "/v1/contacts", undefined, { key: null, headers });
    expect(expectError(answer, "invalid_api_key").error.message).toMatch(sentence);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.headers.get("ratelimit")).toBeNull();
  });

  test("a revoked key is refused, and the org's other keys go on working", async () => {
    await using api = still();
    const one = await api.reference.control.createKey();
    const other = await api.reference.control.createKey();
    expect((await api.call("GET", "/v1/contacts", undefined, { key: one.key })).status).toBe(200);
    await api.reference.control.revokeKey(one.id);
    const answer = await api.call("GET", "/v1/contacts", undefined, { key: one.key });
    expect(expectError(answer, "invalid_api_key").error.message).toMatch(/revoked/);
    expect((await api.call("GET", "/v1/contacts", undefined, { key: other.key })).status).toBe(200);
    expect((await api.call("GET", "/v1/contacts")).status).toBe(200);
  });

  test("the scheme is taken in any case", async () => {
    await using api = still();
    const headers = { Authorization: `bearer ${api.reference.key}` };
    expect((await api.call("GET", "/v1/contacts", undefined, { key: null, headers })).status).toBe(200);
  });

  test("a missing key is answered before anything else that is wrong with the request", async () => {
    await using api = still();
    const answer = await api.call("POST", "/v1/contacts", undefined, { key: null, raw: "{" });
    expectError(answer, "invalid_api_key");
  });
});

describe("403 insufficient_scope", () => {
  test("a missing scope is named, before the body is looked at", async () => {
    await using api = still();
    const { key } = await api.reference.control.createKey({ scopes: ["read:contacts"] });
    const answer = await api.call("POST", "/v1/messaging/send", undefined, { key, raw: "{" });
    const { error } = expectError(answer, "insufficient_scope");
    expect(error.message).toContain("write:messages");
    expect(error.details).toEqual([
      { path: ["scope"], code: "insufficient_scope", message: "needs write:messages", scope: "write:messages" },
    ]);
  });
});

describe("409 duplicate", () => {
  test("POST with identifiers of different contacts: their ids, and nothing changes", async () => {
    await using api = still();
    const ids: string[] = [];
    for (const identifier of [
      { phone: "+971500000001" },
      { email: "sara@example.com" },
      { properties: { externalId: "crm_1" } },
    ]) {
      ids.push((await api.call("POST", "/v1/contacts", identifier)).body.id);
    }
    await api.later(1000);
    const answer = await api.call("POST", "/v1/contacts", {
      firstName: "Sara",
      phone: "+971500000001",
      email: "SARA@example.com",
      properties: { externalId: "crm_1", source: "web" },
    });
    expect(answer.status).toBe(409);
    expect(answer.body.error.code).toBe("duplicate");
    expect(answer.body.error.details).toEqual([
      { path: ["phone"], code: "duplicate", message: `belongs to contact ${ids[0]}`, contactId: ids[0] },
      { path: ["email"], code: "duplicate", message: `belongs to contact ${ids[1]}`, contactId: ids[1] },
      {
        path: ["properties", "externalId"],
        code: "duplicate",
        message: `belongs to contact ${ids[2]}`,
        contactId: ids[2],
      },
    ]);
    for (const id of ids) expect(answer.body.error.message).toContain(id);
    const { data } = (await api.call("GET", "/v1/contacts")).body;
    expect(data).toHaveLength(3);
    for (const contact of data) {
      expect(contact.firstName).toBeNull();
      expect(contact.updatedAt).toBe(contact.createdAt);
    }
  });

  test("PATCH that takes another contact's identifier", async () => {
    await using api = still();
    const { body: one } = await api.call("POST", "/v1/contacts", { phone: "+971500000001", firstName: "One" });
    const { body: other } = await api.call("POST", "/v1/contacts", { email: "other@example.com" });
    const answer = await api.call("PATCH", `/v1/contacts/${one.id}`, { email: "Other@Example.com", firstName: "Two" });
    const { error } = expectError(answer, "duplicate");
    expect(error.details).toEqual([
      { path: ["email"], code: "duplicate", message: `belongs to contact ${other.id}`, contactId: other.id },
    ]);
    const { body } = await api.call("GET", `/v1/contacts/${one.id}`);
    expect(body).toMatchObject({ firstName: "One", email: null });
  });
});

describe("429 rate_limited", () => {
  test("Retry-After is whole seconds, rounded up, after which a retry succeeds", async () => {
    await using api = still({ rateLimit: 7 });
    for (let spent = 0; spent < 7; spent += 1) expect((await api.call("GET", "/v1/contacts")).status).toBe(200);
    const answer = await api.call("GET", "/v1/contacts");
    const { error } = expectError(answer, "rate_limited");
    // 3600 s / 7 = 514.3 s a token.
    expect(answer.headers.get("retry-after")).toBe("515");
    expect(error.message).toContain("515 s");
    await api.later(514_000);
    expect((await api.call("GET", "/v1/contacts")).status).toBe(429);
    await api.later(1000);
    expect((await api.call("GET", "/v1/contacts")).status).toBe(200);
  });

  test("a spent budget is answered before scope and body, and on unknown routes too", async () => {
    await using api = still({ rateLimit: 1 });
    const { key } = await api.reference.control.createKey({ scopes: [] });
    await api.call("GET", "/v1/me", undefined, { key });
    expectError(await api.call("POST", "/v1/contacts", undefined, { key, raw: "{" }), "rate_limited");
    expectError(await api.call("GET", "/v1/orders", undefined, { key }), "rate_limited");
  });
});

describe("500 internal, 503 unavailable", () => {
  test("an error nobody foresaw says nothing of the inside, and is logged", async () => {
    const logged: Body[] = [];
    const entries = { log: (entry: Body) => logged.push(entry) };
    await using api = still({ ...entries, rateLimit: 1000 });
    const { snapshot } = api.reference;
    const broken = snapshot();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    broken.data.contacts = api.reference.snapshot().data.contacts.map((row) => ({ ...row, tags: "{not json" }));
    await api.reference.restore(broken);
    const answer = await api.call("GET", `/v1/contacts/${contact.id}`);
    const { error, requestId } = expectError(answer, "internal");
    expect(error).toEqual({ code: "internal", message: "Something went wrong on our side." });
    expect(answer.headers.get("ratelimit")).toMatch(/^"org";r=/);
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: "error",
        requestId,
        path: `/v1/contacts/${contact.id}`,
        error: expect.objectContaining({ name: "DamagedTextError", cause: expect.any(SyntaxError) }),
      }),
    );
  });

  test("a reference that is closing is unavailable", async () => {
    const api = still();
    const closing = api.reference.close();
    expectError(await api.call("GET", "/v1/contacts"), "unavailable");
    await closing;
  });
});

test("the log names requests, and never a key or a body", async () => {
  const logged: Body[] = [];
  await using api = still({ log: (entry) => logged.push(entry) });
  const { body } = await api.call("POST", "/v1/contacts", { phone: "+971500000000", firstName: "Secretive" });
  expect(logged).toEqual([
    { level: "info", message: "request", requestId: body.requestId, method: "POST", path: "/v1/contacts", status: 201 },
  ]);
  expect(JSON.stringify(logged)).not.toContain("Secretive");
});
