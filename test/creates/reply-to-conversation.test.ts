/** An answer goes to the customer of a conversation, and nobody types an address. */
import { afterEach, beforeEach, expect, test } from "@jest/globals";
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

test("outside the 24-hour window nothing is sent, and the run halts", async () => {
  const inputData = { conversationId: `whatsapp:${phone}`, content: "Hello" };
  const shown = await zap.failure(perform, { inputData });
  expect(shown).toMatchObject({ name: "HaltedError", text: expect.stringContaining("Send WhatsApp Template") });
});
