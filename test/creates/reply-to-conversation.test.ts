/** An answer goes to the customer of a conversation, and nobody types an address. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const perform = "creates.reply_to_conversation.operation.perform";

test.each(["documented", "digits"] as const)("an id that is %s says whom the reply goes to", async (form) => {
  await zap.reference.control.behaviour({ conversationIds: form });
  const { conversationId } = await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
  const message = await zap.create("reply_to_conversation", { conversationId, content: "Hello" });
  expect(message).toMatchObject({ content: "Hello", direction: "outbound", conversationId });
});

test("a reply goes out on the conversation's own platform, with one request", async () => {
  const { conversationId } = await zap.reference.control.inbound({ platform: "telegram", from: "sara", content: "Hi" });
  const reply = () => zap.create("reply_to_conversation", { conversationId, content: "Hello" });
  // Whose sends are kept apart is asked once a day, by the first.
  expect((await reply()).platform).toBe("telegram");
  expect(await countRequests(zap, reply)).toBe(1);
  expect((await reply()).platform).toBe("telegram");
});

test("where the id does not tell, the messages that were sent do", async () => {
  await zap.reference.control.behaviour({ conversationIds: "opaque" });
  const sent = await zap.create("send_message", { platform: "telegram", to: "sara", content: "Hi" });
  const { conversationId } = sent;
  expect(conversationId).not.toContain("sara");
  const message = await zap.create("reply_to_conversation", { conversationId, content: "Hello" });
  expect(message).toMatchObject({ conversationId, content: "Hello" });
});

test("a conversation that does not tell whom it is with halts the run, by the field's label", async () => {
  await zap.reference.control.behaviour({ conversationIds: "opaque" });
  const { conversationId } = await zap.reference.control.inbound({ platform: "telegram", from: "sara", content: "Hi" });
  const shown = await zap.failure(perform, { inputData: { conversationId, content: "Hello" } });
  expect(shown.name).toBe("HaltedError");
  expect(shown.text).toMatch(/Conversation: does not tell whom it is with: use Send Message/);
});

describe("outside the 24-hour window", () => {
  const reply = { conversationId: `whatsapp:${phone}`, content: "Hello" };
  const template = { outsideWindow: "template", template: "order_follow_up", language: "en", parameter_1: "Sara" };
  const readSent = () => {
    const { messages } = zap.reference.snapshot().data;
    return messages.filter(({ direction }) => direction === "outbound").map(({ type, recipient }) => [type, recipient]);
  };

  test.each([[undefined], ["stop"]])("with %j nothing is sent, and the run halts", async (outsideWindow) => {
    const shown = await zap.failure(perform, { inputData: { ...reply, outsideWindow } });
    expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Send WhatsApp Template") });
    expect(readSent()).toEqual([]);
  });

  test("the run continues without sending, and says of which conversation", async () => {
    expect(await zap.create("reply_to_conversation", { ...reply, outsideWindow: "continue" })).toMatchObject({
      ...reply,
      ...{ id: null, platform: "whatsapp", customerAddress: phone, sent: false },
      notSentReason: expect.stringContaining("24 hours"),
    });
    expect(readSent()).toEqual([]);
  });

  test("a template goes to the conversation's customer, and inside the window the text", async () => {
    expect(await zap.create("reply_to_conversation", { ...reply, ...template })).toMatchObject({
      ...{ type: "template", templateName: "order_follow_up", conversationId: reply.conversationId, sent: true },
    });
    await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
    expect(await zap.create("reply_to_conversation", { ...reply, ...template })).toMatchObject({ type: "text" });
    expect(readSent()).toEqual([
      ["template", phone],
      ["text", phone],
    ]);
  });

  test("a replay with the window open by then finds the template, and sends neither", async () => {
    const input = { ...reply, ...template, clientReference: "order-1-shipped" };
    const first = await zap.create("reply_to_conversation", input);
    await zap.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
    expect(await zap.create("reply_to_conversation", input)).toMatchObject({ id: first.id, alreadySent: true });
    expect(readSent()).toEqual([["template", phone]]);
  });

  test("no template goes to a number of WhatsApp that is an address on another platform", async () => {
    const input = { conversationId: "telegram:+971500000000", content: "Hello", clientReference: "order-1" };
    await zap.create("reply_to_conversation", input);
    const shown = await zap.failure(perform, { inputData: { ...input, ...template, content: "Another" } });
    expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Client Reference") });
    expect(readSent()).toEqual([["text", phone]]);
  });

  test("the template's fields are there where one is to be sent", async () => {
    const list = async (inputData: object) =>
      (
        await zap.run<{ key: string }[]>("creates.reply_to_conversation.operation.inputFields", {
          inputData: { ...reply, ...inputData },
        })
      ).map(({ key }) => key);
    expect(await list({})).toEqual(["conversationId", "content", "outsideWindow", "metadata", "clientReference"]);
    expect(await list({ outsideWindow: "template", template: "order_follow_up" })).toEqual(
      expect.arrayContaining(["template", "language"]),
    );
  });
});
