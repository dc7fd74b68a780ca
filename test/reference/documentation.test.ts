/** docs/onsync-api.txt, example by example: its two curl commands, its answers, every field it names. */
import { describe, expect, test } from "@jest/globals";
import { type Endpoint, endpoints } from "../../src/api/index.ts";
import { type Body, hour, start, still } from "./caller.ts";

/** The bodies of the documentation's two curl commands, character by character. */
const saveContact = `{
"firstName": "Sara",
"lastName": "Hussein",
"phone": "+971500000000",
"email": "sara@example.com",
"tags": ["lead", "expo"],
"channel": "instagram",
"properties": {
"source": "Expo booth",
"language": "en",
"externalId": "crm_8740"
}
}`;
const sendMessage = `{
"platform": "whatsapp",
"to": "+971500000000",
"messageType": "text",
"content": "Welcome to OnSync. Reply STOP to unsubscribe.",
"metadata": {
"source": "api",
"campaign": "expo-follow-up"
}
}`;
const sendTemplate = `{
"platform": "whatsapp",
"to": "+971500000000",
"messageType": "template",
"metadata": {
"template": {
"name": "order_follow_up",
"language": "en",
"components": [
{ "type": "body", "parameters": [{ "type": "text", "text": "Sara" }] }
]
}
}
}`;

const ulid = "[0-9A-HJKMNP-TV-Z]{26}";

function id(prefix: string) {
  return expect.stringMatching(new RegExp(`^${prefix}_${ulid}$`));
}

const now = new Date(start).toISOString();
const envelope = { requestId: id("req"), timestamp: now };

function contact(orgId: string) {
  return {
    id: id("contact"),
    firstName: "Sara",
    lastName: "Hussein",
    phone: "+971500000000",
    email: "sara@example.com",
    tags: ["lead", "expo"],
    channel: "instagram",
    properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
    orgId,
    createdAt: now,
    updatedAt: now,
  };
}

describe("Contacts API", () => {
  test("POST /contacts: the curl command creates, the same again updates nothing", async () => {
    await using api = still();
    const first = await api.call("POST", "/v1/contacts", undefined, { raw: saveContact });
    expect(first.status).toBe(201);
    expect(first.body).toEqual({ ...contact(api.reference.orgId), ...envelope });
    expect(first.headers.get("x-request-id")).toBe(first.body.requestId);
    const again = await api.call("POST", "/v1/contacts", undefined, { raw: saveContact });
    expect(again.status).toBe(200);
    expect(again.body).toEqual({ ...first.body, ...envelope });
    expect(again.body.requestId).not.toBe(first.body.requestId);
  });

  test("GET /contacts/{id}: the same payload plus activity metadata", async () => {
    await using api = still();
    const { body: saved } = await api.call("POST", "/v1/contacts", undefined, { raw: saveContact });
    const before = await api.call("GET", `/v1/contacts/${saved.id}`);
    expect(before.status).toBe(200);
    expect(before.body).toEqual({
      ...contact(api.reference.orgId),
      ...envelope,
      activity: {
        lastMessageAt: null,
        lastInboundAt: null,
        lastOutboundAt: null,
        messageCount: 0,
        conversationIds: [],
      },
    });

    await api.inbound();
    await api.later(1000);
    await api.call("POST", "/v1/messaging/send", undefined, { raw: sendMessage });
    const { body } = await api.call("GET", `/v1/contacts/${saved.id}`);
    expect(body.activity).toEqual({
      lastMessageAt: new Date(start + 1000).toISOString(),
      lastInboundAt: now,
      lastOutboundAt: new Date(start + 1000).toISOString(),
      messageCount: 2,
      conversationIds: ["whatsapp:+971500000000"],
    });
  });

  test.each<[string, Body, Body]>([
    ["firstName", { firstName: "Sarah" }, { firstName: "Sarah" }],
    ["lastName", { lastName: "Haddad" }, { lastName: "Haddad" }],
    ["phone", { phone: "+971 (50) 111-11.11" }, { phone: "+971501111111" }],
    ["email", { email: " Sara@Example.org " }, { email: "Sara@Example.org" }],
    ["tags, all of them", { tags: ["customer", "customer"] }, { tags: ["customer"] }],
    ["channel", { channel: "telegram" }, { channel: "telegram" }],
    [
      "properties, key by key",
      { properties: { language: "ar", vip: true, score: 4.5, source: null } },
      { properties: { language: "ar", externalId: "crm_8740", vip: true, score: 4.5 } },
    ],
    ["firstName cleared", { firstName: null }, { firstName: null }],
    ["lastName cleared", { lastName: null }, { lastName: null }],
    ["phone cleared", { phone: null }, { phone: null }],
    ["email cleared", { email: null }, { email: null }],
    ["tags cleared", { tags: null }, { tags: [] }],
    ["channel cleared", { channel: null }, { channel: null }],
    ["properties cleared", { properties: null }, { properties: {} }],
  ])("PATCH /contacts/{id} accepts any subset: %s", async (_field, patch, change) => {
    await using api = still();
    const { body: saved } = await api.call("POST", "/v1/contacts", undefined, { raw: saveContact });
    await api.later(hour);
    const later = new Date(start + hour).toISOString();
    const patched = await api.call("PATCH", `/v1/contacts/${saved.id}`, patch);
    expect(patched.status).toBe(200);
    expect(patched.body).toEqual({ ...saved, ...change, updatedAt: later, requestId: id("req"), timestamp: later });
    const { activity: _activity, ...read } = (await api.call("GET", `/v1/contacts/${saved.id}`)).body;
    expect(read).toEqual({ ...patched.body, requestId: id("req") });
  });
});

describe("Messaging API", () => {
  test("POST /messaging/send: the curl command, inside the 24-hour window", async () => {
    await using api = still();
    await api.inbound();
    await api.later(60_000);
    const at = new Date(start + 60_000).toISOString();
    const { status, body } = await api.call("POST", "/v1/messaging/send", undefined, { raw: sendMessage });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: id("msg"),
      conversationId: "whatsapp:+971500000000",
      platform: "whatsapp",
      to: "+971500000000",
      type: "text",
      direction: "outbound",
      status: "queued",
      content: "Welcome to OnSync. Reply STOP to unsubscribe.",
      metadata: { source: "api", campaign: "expo-follow-up" },
      createdAt: at,
      requestId: id("req"),
      timestamp: at,
    });
  });

  test("template messages, outside the window: the answer carries templateWindowStatus", async () => {
    await using api = still();
    const { status, body } = await api.call("POST", "/v1/messaging/send", undefined, { raw: sendTemplate });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: id("msg"),
      conversationId: "whatsapp:+971500000000",
      platform: "whatsapp",
      to: "+971500000000",
      type: "template",
      direction: "outbound",
      status: "queued",
      // The documentation's template is one of the org's own from the start.
      content: "Hi Sara, your order is on its way. Is there anything else we can do for you?",
      metadata: JSON.parse(sendTemplate).metadata,
      createdAt: now,
      templateWindowStatus: { open: false, lastInboundAt: null, expiredAt: null, requiresTemplate: true },
      ...envelope,
    });
  });

  test("the text of a registered template is rendered with its values", async () => {
    await using api = still();
    await api.reference.control.templates.save({
      name: "order_follow_up",
      components: [{ type: "BODY", text: "Hi {{1}}, your order 1187 is on its way." }],
    });
    const { body } = await api.call("POST", "/v1/messaging/send", undefined, { raw: sendTemplate });
    expect(body.content).toBe("Hi Sara, your order 1187 is on its way.");
  });
});

describe("Conversation history", () => {
  test("GET /conversations/{id}/messages: newest first, with nextBefore", async () => {
    await using api = still();
    await api.inbound("Hi, can you confirm my order?");
    await api.later(1000);
    await api.call("POST", "/v1/messaging/send", undefined, { raw: sendMessage });
    const path = "/v1/conversations/whatsapp%3A%2B971500000000/messages";
    const { status, body } = await api.call("GET", `${path}?limit=1&before=2024-12-01T11:00:01Z`);
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        {
          id: id("msg"),
          conversationId: "whatsapp:+971500000000",
          platform: "whatsapp",
          type: "text",
          direction: "inbound",
          content: "Hi, can you confirm my order?",
          createdAt: now,
          metadata: {
            platformMessageId: expect.stringMatching(/^wamid\.\w+$/),
            source: "whatsapp_unified_system",
          },
        },
      ],
      nextBefore: null,
      requestId: id("req"),
      timestamp: new Date(start + 1000).toISOString(),
    });
    const all = (await api.call("GET", path)).body;
    expect(all.data.map((message: Body) => message.direction)).toEqual(["outbound", "inbound"]);
    expect((await api.call("GET", `${path}?limit=1`)).body.nextBefore).toBe(new Date(start + 1000).toISOString());
  });
});

describe("Webhooks", () => {
  test("POST registers, GET lists with stats and without the secret, DELETE removes", async () => {
    await using api = still();
    const url = "https://example.com/hooks/onsync";
    const events = ["message.created", "message.updated", "conversation.assigned"];
    const made = await api.call("POST", "/v1/webhooks", { url, events, secret: "a secret of mine" });
    expect(made.status).toBe(201);
    const webhook = { id: id("wh"), url, events, status: "active", createdAt: now };
    expect(made.body).toEqual({ ...webhook, secret: "a secret of mine", ...envelope });

    const listed = await api.call("GET", "/v1/webhooks");
    expect(listed.status).toBe(200);
    const stats = { delivered: 0, failed: 0, pending: 0, retried: 0, lastDeliveryAt: null, lastStatusCode: null };
    expect(listed.body).toEqual({ data: [{ ...webhook, stats }], ...envelope });
    expect(listed.text).not.toContain("secret");

    const removed = await api.call("DELETE", `/v1/webhooks/${made.body.id}`);
    expect(removed.status).toBe(200);
    expect(removed.body).toEqual({ id: made.body.id, deleted: true, ...envelope });
    expect((await api.call("GET", "/v1/webhooks")).body.data).toEqual([]);
    expect((await api.call("DELETE", `/v1/webhooks/${made.body.id}`)).status).toBe(404);
  });

  test("a secret is made where none is given: long, and another each time", async () => {
    await using api = still();
    const body = { url: "https://example.com", events: ["contact.created"] };
    const secrets = [1, 2].map(async () => (await api.call("POST", "/v1/webhooks", body)).body.secret);
    const [one, other] = await Promise.all(secrets);
    expect(one).toMatch(/^whsec_[\w-]{32}$/);
    expect(one).not.toBe(other);
  });
});

test.each(Object.entries<Endpoint>(endpoints))(
  "%s: every answer has the envelope, to whoever asks and whatever",
  async (_name, endpoint) => {
    await using api = still();
    const { key: poor } = await api.reference.control.createKey({ scopes: [] });
    await api.call("POST", "/v1/contacts", { email: "sara@example.com" });
    const path = `/v1${endpoint.path.replaceAll(/\{\w+\}/g, "x")}`;
    const bodies = endpoint.body ? [{}, { unknown: 1 }, []] : [undefined];
    for (const key of [api.reference.key, poor, "wrong", null]) {
      for (const body of bodies) {
        const answer = await api.call(endpoint.method, path, body, { key });
        expect({ status: answer.status, ...answer.body }).toMatchObject(envelope);
      }
    }
  },
);

test("every answer carries requestId and timestamp, and its headers", async () => {
  await using api = still();
  const { headers, body } = await api.call("GET", "/v1/contacts");
  expect(body).toEqual({ data: [], nextCursor: null, ...envelope });
  expect(headers.get("content-type")).toBe("application/json");
  expect(headers.get("x-request-id")).toBe(body.requestId);
  expect(headers.get("ratelimit-policy")).toBe('"org";q=1000;w=3600');
  expect(headers.get("ratelimit")).toBe('"org";r=999;t=4');
});
