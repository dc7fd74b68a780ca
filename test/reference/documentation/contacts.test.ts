/** docs/onsync-api.txt, "Contacts API", example by example: its curl command, its answers, every field it names. */
import { describe, expect, test } from "@jest/globals";
import { type Body, hour, start, still } from "../caller.ts";
import { contact, envelope, id, now, sendMessage } from "./documented.ts";

/** The body of the documentation's curl command for contacts, character by character. */
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
