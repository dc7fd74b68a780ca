/** Messages: the 24-hour window, what may be sent to whom, and the status of what was sent. */
import { describe, expect, test } from "@jest/globals";
import { type Body, day, still } from "../caller.ts";
import { at, history, sara, template, text } from "./sends.ts";

describe("the 24-hour window", () => {
  test("is open until the last millisecond, and not on the stroke", async () => {
    await using api = still();
    await api.inbound();
    await api.later(day - 1);
    const inside = await api.call("POST", "/v1/messaging/send", text);
    expect(inside.status).toBe(201);
    expect(inside.body).not.toHaveProperty("templateWindowStatus");
    const insideTemplate = await api.call("POST", "/v1/messaging/send", template);
    expect(insideTemplate.body).not.toHaveProperty("templateWindowStatus");

    await api.later(1);
    const outside = await api.call("POST", "/v1/messaging/send", text);
    expect(outside.status).toBe(400);
    expect(outside.body.error.message).toContain(`closed at ${at(day)}`);
    const closed = { open: false, lastInboundAt: at(0), expiredAt: at(day), requiresTemplate: true };
    expect(outside.body.templateWindowStatus).toEqual(closed);
    const outsideTemplate = await api.call("POST", "/v1/messaging/send", template);
    expect(outsideTemplate.status).toBe(201);
    expect(outsideTemplate.body.templateWindowStatus).toEqual(closed);
  });

  test("the customer's next message opens it again; the org's own do not", async () => {
    await using api = still();
    await api.inbound();
    await api.later(2 * day);
    await api.call("POST", "/v1/messaging/send", template);
    expect((await api.call("POST", "/v1/messaging/send", text)).status).toBe(400);
    await api.inbound();
    expect((await api.call("POST", "/v1/messaging/send", text)).status).toBe(201);
  });

  test.each(["instagram", "facebook", "telegram"] as const)("%s has none", async (platform) => {
    await using api = still();
    const { status, body } = await api.call("POST", "/v1/messaging/send", { ...text, platform, to: "customer 7" });
    expect(status).toBe(201);
    expect(body).toMatchObject({ conversationId: `${platform}:customer 7`, to: "customer 7" });
    expect(body).not.toHaveProperty("templateWindowStatus");
  });
});

describe("sending", () => {
  test("a number is one conversation however it is typed, and its content is sent as written", async () => {
    await using api = still();
    await api.inbound();
    const content = "  two  spaces\n*bold* {{1}} 😀\u0000 ";
    const { body } = await api.call("POST", "/v1/messaging/send", { ...text, to: "+971 (50) 000-00.00", content });
    expect(body).toMatchObject({ conversationId: `whatsapp:${sara}`, to: sara, content });
    expect((await api.call("GET", history)).body.data[0].content).toBe(content);
  });

  test("metadata of the caller's own comes back in history, whatever is in it", async () => {
    await using api = still();
    await api.inbound();
    const metadata = { clientReference: "9f0c", nested: { list: [1, null, { deep: true }] }, template: "not one" };
    await api.call("POST", "/v1/messaging/send", { ...text, metadata });
    expect((await api.call("GET", history)).body.data[0].metadata).toEqual(metadata);
  });

  test("4096 characters are taken, counted as people count them", async () => {
    await using api = still();
    await api.inbound();
    expect((await api.call("POST", "/v1/messaging/send", { ...text, content: "😀".repeat(4096) })).status).toBe(201);
    expect((await api.call("POST", "/v1/messaging/send", { ...text, content: "😀".repeat(4097) })).status).toBe(400);
  });

  test("an unknown address makes the contact: by its phone on WhatsApp, remembered elsewhere", async () => {
    await using api = still();
    await api.call("POST", "/v1/messaging/send", template);
    await api.call("POST", "/v1/messaging/send", { ...text, platform: "instagram", to: "noor" });
    const [noor, phone] = (await api.call("GET", "/v1/contacts")).body.data;
    expect(phone).toMatchObject({ phone: sara, channel: "whatsapp", email: null, tags: [], properties: {} });
    expect(noor).toMatchObject({ phone: null, channel: "instagram", email: null, properties: {} });
    const { body } = await api.call("GET", `/v1/contacts/${noor.id}`);
    expect(body.activity.conversationIds).toEqual(["instagram:noor"]);
    // The next message goes to the same contact.
    await api.call("POST", "/v1/messaging/send", { ...text, platform: "instagram", to: "noor" });
    expect((await api.call("GET", "/v1/contacts")).body.data).toHaveLength(2);
  });

  test("a known phone is the contact of the conversation", async () => {
    await using api = still();
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: sara, firstName: "Sara" });
    await api.reference.control.inbound({ platform: "whatsapp", from: sara, content: "Hi", name: "Somebody Else" });
    const [conversation] = (await api.call("GET", "/v1/conversations")).body.data;
    expect(conversation.contactId).toBe(contact.id);
    expect((await api.call("GET", `/v1/contacts/${contact.id}`)).body).toMatchObject({
      firstName: "Sara",
      lastName: null,
    });
  });

  test("a new customer's name is kept", async () => {
    await using api = still();
    await api.reference.control.inbound({ platform: "telegram", from: "48", content: "Hi", name: " Ana María  Ruiz " });
    expect((await api.call("GET", "/v1/contacts")).body.data[0]).toMatchObject({
      firstName: "Ana",
      lastName: "María Ruiz",
    });
  });
});

describe("message status", () => {
  const sent = async (api: ReturnType<typeof still>): Promise<string> => {
    await api.inbound();
    return (await api.call("POST", "/v1/messaging/send", text)).body.id;
  };
  const statusOf = async (api: ReturnType<typeof still>): Promise<Body> =>
    (await api.call("GET", history)).body.data[0];

  test("goes queued, sent, delivered, read", async () => {
    await using api = still();
    const id = await sent(api);
    for (const status of ["sent", "delivered", "read"] as const) {
      expect(await api.reference.control.setMessageStatus(id, { status })).toMatchObject({ id, status });
      expect(await statusOf(api)).toMatchObject({ id, status });
      expect(await statusOf(api)).not.toHaveProperty("failureReason");
    }
  });

  test("a failed message carries a reason", async () => {
    await using api = still();
    const id = await sent(api);
    await api.reference.control.setMessageStatus(id, {
      status: "failed",
      failureReason: "The number is not on WhatsApp.",
    });
    expect(await statusOf(api)).toMatchObject({ status: "failed", failureReason: "The number is not on WhatsApp." });
  });

  test.each([
    ["sent", "queued"],
    ["delivered", "sent"],
    ["read", "delivered"],
    ["read", "failed"],
    ["delivered", "failed"],
    ["failed", "sent"],
    ["failed", "queued"],
  ] as const)("%s never becomes %s", async (from, to) => {
    await using api = still();
    const id = await sent(api);
    await api.reference.control.setMessageStatus(id, { status: from });
    await expect(api.reference.control.setMessageStatus(id, { status: to })).rejects.toMatchObject({
      code: "validation_failed",
      status: 400,
      details: [{ path: ["status"] }],
    });
    expect((await statusOf(api)).status).toBe(from);
  });

  test("an inbound message has none, an unknown one is not found", async () => {
    await using api = still();
    const { id, status } = await api.inbound();
    expect(status).toBeUndefined();
    const { control } = api.reference;
    await expect(control.setMessageStatus(id, { status: "read" })).rejects.toMatchObject({ code: "validation_failed" });
    await expect(control.setMessageStatus("msg_1", { status: "read" })).rejects.toMatchObject({ code: "not_found" });
  });

  test("a reason goes with failed only", async () => {
    await using api = still();
    const id = await sent(api);
    const wrong = api.reference.control.setMessageStatus(id, { status: "sent", failureReason: "?" });
    await expect(wrong).rejects.toMatchObject({ details: [{ path: ["failureReason"] }] });
  });
});
