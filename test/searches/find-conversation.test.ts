import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

test.each<[string, (contactId: unknown) => Row]>([
  ["platform and address", () => ({ platform: "whatsapp", to: "+971 50 000 0000" })],
  ["contact", (contactId) => ({ contactId })],
  ["id", () => ({ conversationId })],
])("a conversation is found by %s, with and without the extensions", async (_what, input) => {
  for (const extensions of [true, false]) {
    const other = await startZap({ extensions });
    const { id } = await other.create("save_contact", { phone });
    expect(await other.search("find_conversation", input(id))).toEqual([]);
    await other.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Hi" });
    expect(await other.search("find_conversation", input(id))).toMatchObject([
      { id: conversationId, customerAddress: phone, lastMessage: "Hi", status: extensions ? "assigned" : null },
    ]);
    await other.close();
  }
});

test("an error names the fields that are missing", async () => {
  const shown = await zap.failure("searches.find_conversation.operation.perform", {
    inputData: { platform: "whatsapp" },
  });
  expect(shown.text).toBe(
    "OnSync cannot take this. Fill in Platform and Customer Address, or Contact, or Conversation.",
  );
});
