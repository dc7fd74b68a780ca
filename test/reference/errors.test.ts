/** Every row of the error table, provoked: status, code, details, envelope, X-Request-Id. */
import { describe, expect, test } from "@jest/globals";
import { ErrorBody, errorCodes, maxBodyBytes } from "../../src/api/index.ts";
import { type Answer, type Body, start, still } from "./caller.ts";

const expectError = (answer: Answer, code: keyof typeof errorCodes): Body => {
  expect(answer.status).toBe(errorCodes[code].status);
  expect(answer.headers.get("content-type")).toBe("application/json");
  const body = ErrorBody.parse(answer.body);
  expect(body.error.code).toBe(code);
  expect(body.error.message).toMatch(/\S+ \S+/);
  expect(body.requestId).toMatch(/^req_[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(answer.headers.get("x-request-id")).toBe(body.requestId);
  expect(body.timestamp).toBe(new Date(start).toISOString());
  return answer.body;
};

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" };

describe("400 validation_failed", () => {
  test.each<[string, string, string, Body, Body[]]>([
    [
      "a body's field",
      "POST",
      "/v1/contacts",
      { phone: "0500000000" },
      [{ path: ["phone"], code: "custom", message: "must be a phone number in E.164 form, such as +971500000000" }],
    ],
    [
      "unknown fields, each by its path",
      "POST",
      "/v1/contacts",
      { phone: "+971500000000", fistName: "Sara", externalId: "crm_1" },
      [
        { path: ["fistName"], code: "unrecognized_keys", message: expect.stringContaining("not a known field") },
        { path: ["externalId"], code: "unrecognized_keys", message: expect.stringContaining("not a known field") },
      ],
    ],
    [
      "no identifier",
      "POST",
      "/v1/contacts",
      { firstName: "Sara" },
      [{ path: ["phone"], code: "custom", message: expect.stringContaining("phone, email and properties.externalId") }],
    ],
    [
      "null, which only PATCH takes",
      "POST",
      "/v1/contacts",
      { phone: "+971500000000", lastName: null },
      [{ path: ["lastName"], code: "invalid_type", message: expect.stringContaining("not null") }],
    ],
    [
      "a property that is no scalar",
      "PATCH",
      "/v1/contacts/contact_1",
      { properties: { size: { w: 1 } } },
      [{ path: ["properties", "size"], code: "invalid_union", message: expect.stringContaining("string") }],
    ],
    [
      "a message of no known type",
      "POST",
      "/v1/messaging/send",
      { ...text, messageType: "image" },
      [{ path: ["messageType"], code: "invalid_value", message: "must be one of text, template" }],
    ],
    [
      "a template elsewhere than on WhatsApp",
      "POST",
      "/v1/messaging/send",
      {
        platform: "instagram",
        to: "noor",
        messageType: "template",
        metadata: { template: { name: "a", language: "en" } },
      },
      [{ path: ["platform"], code: "invalid_value", message: "templates are sent on whatsapp only" }],
    ],
    [
      "a template message without its template",
      "POST",
      "/v1/messaging/send",
      { platform: "whatsapp", to: "+971500000000", messageType: "template" },
      [{ path: ["metadata"], code: "invalid_type", message: expect.stringContaining("is required") }],
    ],
    [
      "a text without content",
      "POST",
      "/v1/messaging/send",
      { platform: "whatsapp", to: "+971500000000", messageType: "text" },
      [{ path: ["content"], code: "invalid_type", message: expect.stringContaining("is required") }],
    ],
    [
      "a text of 4097 characters",
      "POST",
      "/v1/messaging/send",
      { ...text, content: "é".repeat(4097) },
      [{ path: ["content"], code: "custom", message: "must be at most 4096 characters" }],
    ],
    [
      "a WhatsApp address that is no phone number",
      "POST",
      "/v1/messaging/send",
      { ...text, to: " - " },
      [{ path: ["to"], code: "custom", message: expect.stringContaining("E.164") }],
    ],
    [
      "an unknown event",
      "POST",
      "/v1/webhooks",
      { url: "https://example.com", events: ["message.deleted"] },
      [{ path: ["events", 0], code: "invalid_value", message: expect.stringContaining("message.created") }],
    ],
    [
      "a webhook address of another scheme",
      "POST",
      "/v1/webhooks",
      { url: "file:///etc/passwd", events: ["message.created"] },
      [{ path: ["url"], code: "custom", message: expect.any(String) }],
    ],
    [
      "a list for a body",
      "POST",
      "/v1/contacts",
      [],
      [{ path: [], code: "invalid_type", message: expect.stringContaining("must be object") }],
    ],
    [
      "a query's number",
      "GET",
      "/v1/contacts?limit=lots",
      undefined,
      [{ path: ["limit"], code: "invalid_type", message: expect.stringContaining("number") }],
    ],
    [
      "a limit beyond 100",
      "GET",
      "/v1/conversations?limit=101",
      undefined,
      [{ path: ["limit"], code: "too_big", message: expect.stringContaining("100") }],
    ],
    [
      "a limit of nothing",
      "GET",
      "/v1/conversations/whatsapp:+971500000000/messages?limit=0",
      undefined,
      [{ path: ["limit"], code: "too_small", message: expect.stringContaining("1") }],
    ],
    [
      "a parameter given twice",
      "GET",
      "/v1/contacts?limit=1&limit=2",
      undefined,
      [{ path: ["limit"], code: "invalid_type", message: expect.stringContaining("array") }],
    ],
    [
      "an unknown parameter",
      "GET",
      "/v1/contacts?page=2",
      undefined,
      [{ path: ["page"], code: "unrecognized_keys", message: expect.any(String) }],
    ],
    [
      "a time without a zone",
      "GET",
      "/v1/conversations/whatsapp:+971500000000/messages?before=2024-12-01T11:00:00",
      undefined,
      [{ path: ["before"], code: "custom", message: expect.stringContaining("ISO 8601") }],
    ],
    [
      "a cursor of another list",
      "GET",
      "/v1/contacts?cursor=abc",
      undefined,
      [{ path: ["cursor"], code: "custom", message: expect.stringContaining("nextCursor") }],
    ],
    [
      "a path parameter",
      "GET",
      `/v1/contacts/${"x".repeat(401)}`,
      undefined,
      [{ path: ["id"], code: "too_big", message: expect.stringContaining("400") }],
    ],
  ])("%s", async (_what, method, path, body, details) => {
    await using api = still();
    const { error } = expectError(await api.call(method, path, body), "validation_failed");
    expect(error.details).toEqual(details);
    // One sentence, which names the first field.
    expect(error.message.startsWith(details[0].path.length > 0 ? details[0].path.join(".") : "The body")).toBe(true);
  });

  test.each<[string, string, RegExp]>([
    ["broken JSON", '{"phone": ', /not valid JSON/],
    ["no JSON at all", "phone=+971500000000", /not valid JSON/],
    ["nothing", "", /is empty/],
    ["JSON nested beyond reason", `{"metadata":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested/],
  ])("%s", async (_what, raw, sentence) => {
    await using api = still();
    const answer = await api.call("POST", "/v1/messaging/send", undefined, { raw });
    const { error } = expectError(answer, "validation_failed");
    expect(error.message).toMatch(sentence);
    expect(error.details).toHaveLength(1);
    expect(error.details[0].path).toEqual([]);
  });

  test("bytes that are not UTF-8", async () => {
    await using api = still();
    const response = await api.reference.fetch(
      new Request("http://127.0.0.1/v1/contacts", {
        method: "POST",
        headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
        body: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      }),
    );
    expect(response.status).toBe(400);
    expect(((await response.json()) as Body).error.message).toMatch(/UTF-8/);
  });
});

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

  test("revoked; the org's other keys go on working", async () => {
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

  test("comes before everything that is wrong with the request", async () => {
    await using api = still();
    const answer = await api.call("POST", "/v1/contacts", undefined, { key: null, raw: "{" });
    expectError(answer, "invalid_api_key");
  });
});

describe("403 insufficient_scope", () => {
  test("names the scope, before the body is looked at", async () => {
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

describe("404", () => {
  test.each([
    ["GET", "/v1/contacts/contact_01JGDNWSW9", undefined],
    ["PATCH", "/v1/contacts/contact_01JGDNWSW9", { tags: [] }],
    ["GET", "/v1/conversations/whatsapp:+971500000000/messages", undefined],
    ["GET", "/v1/conversations/nonsense/messages", undefined],
    ["DELETE", "/v1/webhooks/wh_01JGDQ3V7K", undefined],
  ])("not_found: %s %s", async (method, path, body) => {
    await using api = still();
    expectError(await api.call(method, path, body), "not_found");
  });

  test.each([
    ["GET", "/v1/orders"],
    ["GET", "/v1/contacts/"],
    ["GET", "/v1/contacts/a/b"],
    ["GET", "/v1/Contacts"],
    ["GET", "/v1"],
    ["POST", "/v2/contacts"],
    ["GET", "/"],
    ["GET", "/v1/conversations//messages"],
    ["GET", "/v1/contacts/../../_control/clock"],
  ])("unknown_endpoint: %s %s, with a key and without", async (method, path) => {
    await using api = still();
    expectError(await api.call(method, path), "unknown_endpoint");
    expectError(await api.call(method, path, undefined, { key: null }), "unknown_endpoint");
    expectError(await api.call(method, path, undefined, { key: "onsync_pk_live_unknown" }), "unknown_endpoint");
  });

  test("an id of another org is not found", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    const { body: webhook } = await api.call("POST", "/v1/webhooks", {
      url: "https://example.com",
      events: ["message.created"],
    });
    await api.inbound();
    const { id: orgId } = await api.reference.control.createOrg({ name: "Other" });
    const { key } = await api.reference.control.createKey({ orgId });
    for (const [method, path] of [
      ["GET", `/v1/contacts/${contact.id}`],
      ["DELETE", `/v1/webhooks/${webhook.id}`],
      ["GET", "/v1/conversations/whatsapp:+971500000000/messages"],
    ] as const) {
      expectError(await api.call(method, path, undefined, { key }), "not_found");
    }
    expect((await api.call("GET", "/v1/contacts?phone=%2B971500000000", undefined, { key })).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/conversations", undefined, { key })).body.data).toEqual([]);
    expect((await api.call("GET", "/v1/webhooks", undefined, { key })).body.data).toEqual([]);
    // The same phone is another contact there.
    const { status, body } = await api.call("POST", "/v1/contacts", { phone: "+971500000000" }, { key });
    expect(status).toBe(201);
    expect(body.orgId).toBe(orgId);
    expect(body.id).not.toBe(contact.id);
  });
});

describe("405 method_not_allowed", () => {
  test.each([
    ["PUT", "/v1/contacts", "POST, GET"],
    ["DELETE", "/v1/contacts/contact_1", "GET, PATCH"],
    ["GET", "/v1/messaging/send", "POST"],
    ["POST", "/v1/conversations/whatsapp:+1/messages", "GET"],
    ["HEAD", "/v1/webhooks", "POST, GET"],
    ["OPTIONS", "/v1/webhooks/wh_1", "DELETE"],
  ])("%s %s", async (method, path, allow) => {
    await using api = still();
    for (const key of [undefined, null]) {
      const answer = await api.call(method, path, undefined, { ...(key === null ? { key } : {}) });
      expect(answer.status).toBe(405);
      expect(answer.headers.get("allow")).toBe(allow);
      if (method === "HEAD") expect(answer.text).toBe("");
      else expectError(answer, "method_not_allowed");
    }
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

describe("413 payload_too_large, 415 unsupported_media_type", () => {
  const padded = (bytes: number): string => {
    const body = JSON.stringify({ phone: "+971500000000" });
    return body + " ".repeat(bytes - body.length);
  };

  test("1 MiB is taken, one byte more is not, however it is counted", async () => {
    await using api = still();
    expect((await api.call("POST", "/v1/contacts", undefined, { raw: padded(maxBodyBytes) })).status).toBe(201);
    expectError(
      await api.call("POST", "/v1/contacts", undefined, { raw: padded(maxBodyBytes + 1) }),
      "payload_too_large",
    );
    // A length that is declared is refused before a byte is read; one that lies is found out.
    const declared = { headers: { "Content-Length": String(maxBodyBytes + 1) } };
    expectError(await api.call("POST", "/v1/contacts", { phone: "+971500000000" }, declared), "payload_too_large");
    const lying = { headers: { "Content-Length": "10" }, raw: padded(maxBodyBytes + 1) };
    expectError(await api.call("POST", "/v1/contacts", undefined, lying), "payload_too_large");
  });

  test("a body that never ends is cut off", async () => {
    await using api = still();
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const response = await api.reference.fetch(
      new Request("http://127.0.0.1/v1/contacts", {
        method: "POST",
        headers: { Authorization: `Bearer ${api.reference.key}`, "Content-Type": "application/json" },
        body: endless,
        duplex: "half",
      }),
    );
    expect(response.status).toBe(413);
    expect(given).toBeLessThan(2 * maxBodyBytes);
  });

  test.each([
    ["no type", ""],
    ["a form", "application/x-www-form-urlencoded"],
    ["a text", "text/plain; charset=utf-8"],
    ["a relative of JSON", "application/jsonp"],
  ])("%s", async (_what, type) => {
    await using api = still();
    const answer = await api.call(
      "POST",
      "/v1/contacts",
      { phone: "+971500000000" },
      { headers: { "Content-Type": type } },
    );
    expectError(answer, "unsupported_media_type");
  });

  test.each(["application/json; charset=utf-8", "Application/JSON"])("%s is JSON", async (type) => {
    await using api = still();
    const answer = await api.call(
      "POST",
      "/v1/contacts",
      { phone: "+971500000000" },
      { headers: { "Content-Type": type } },
    );
    expect(answer.status).toBe(201);
  });

  test("the type is checked before the size, the size before the JSON", async () => {
    await using api = still();
    const raw = "{".repeat(maxBodyBytes + 1);
    expectError(
      await api.call("POST", "/v1/contacts", undefined, { raw, headers: { "Content-Type": "text/plain" } }),
      "unsupported_media_type",
    );
    expectError(await api.call("POST", "/v1/contacts", undefined, { raw }), "payload_too_large");
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

  test("goes before scope and body, and on unknown routes too", async () => {
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
        error: expect.any(SyntaxError),
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
