/** docs/onsync-api.txt, "Messaging API", example by example: its curl command, templates, history. */
import { describe, expect, test } from "@jest/globals";
import { type Body, start, still } from "../caller.ts";
import { envelope, id, now, sendMessage } from "./documented.ts";

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
