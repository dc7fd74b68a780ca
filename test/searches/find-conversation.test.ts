import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";

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

describe.each([true, false])("with extensions: %s", (extensions) => {
  let busy: Zap;
  let contactId: unknown;
  const numbers = ["+971500000003", "+971500000002", "+971500000001", phone];
  beforeEach(async () => {
    busy = await startZap({ extensions });
    ({ id: contactId } = await busy.create("save_contact", { phone }));
    // A contact whose number changes has a conversation under each.
    for (const from of numbers) {
      await busy.create("update_contact", { contactId, phone: from });
      await busy.reference.control.inbound({ platform: "whatsapp", from, content: `Hi from ${from}` });
    }
  });
  afterEach(() => busy.close());

  test.each<[string, () => Row]>([
    ["platform and address", () => ({ platform: "whatsapp", to: phone })],
    ["id", () => ({ conversationId })],
    ["contact", () => ({ contactId })],
    ["contact and platform", () => ({ contactId, platform: "whatsapp" })],
    ["an id that OnSync does not know", () => ({ conversationId: "whatsapp:+971500000009" })],
  ])("finding a conversation by %s costs three requests at most", async (_what, input) => {
    expect(await countRequests(busy, () => busy.search("find_conversation", input()))).toBeLessThanOrEqual(3);
  });

  test("of a contact's conversations the one that was active last comes first, with its last message", async () => {
    await busy.reference.control.clock({ advanceMs: 1000 });
    await busy.reference.control.inbound({ platform: "whatsapp", from: numbers[1] as string, content: "Me again" });
    const found = await busy.search("find_conversation", { contactId });
    expect(found.map(({ customerAddress }) => customerAddress).sort()).toEqual([...numbers].sort());
    expect(found[0]).toMatchObject(
      extensions
        ? { customerAddress: numbers[1], status: "assigned", lastMessage: "Me again", contactId }
        : // The documented API does not say which was active last: the one that was made last is taken.
          { customerAddress: phone, status: null, lastMessage: `Hi from ${phone}`, contactId },
    );
  });
});
