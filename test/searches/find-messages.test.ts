import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

function inbound(content: string) {
  return zap.reference.control.inbound({ platform: "whatsapp", from: phone, content });
}

function contents(rows: Row[]) {
  return rows.map(({ content }) => content);
}

test("messages are found by text, direction and time, newest first", async () => {
  await inbound("Where is my order?");
  const reply = await zap.create("send_message", {
    platform: "whatsapp",
    to: phone,
    content: "Order #1 is on its way",
  });
  await inbound("Thanks!");
  const find = async (input: Row) => contents(await zap.search("find_messages", { conversationId, ...input }));
  expect(await find({})).toEqual(["Thanks!", "Order #1 is on its way", "Where is my order?"]);
  expect(await find({ contains: "ORDER" })).toEqual(["Order #1 is on its way", "Where is my order?"]);
  expect(await find({ contains: "order", direction: "inbound" })).toEqual(["Where is my order?"]);
  expect(await find({ before: reply.createdAt })).toEqual(["Where is my order?"]);
  expect(await find({ after: reply.createdAt })).toEqual(["Thanks!"]);
  expect(await find({ limit: "1", direction: "" })).toEqual(["Thanks!"]);
  expect(await find({ contains: "invoice" })).toEqual([]);
});

test("a time without a zone is named", async () => {
  const shown = await zap.failure("searches.find_messages.operation.perform", {
    inputData: { conversationId, before: "2024-12-01 10:00" },
  });
  expect(shown.text).toContain("Before: must be an ISO 8601 time with a zone");
});

test("nothing in the part that was read, and more before it, is said and is no miss", async () => {
  const wide = await startZap({ rateLimit: 1_000_000 });
  for (let sent = 0; sent < 1001; sent++)
    await wide.reference.control.inbound({ platform: "telegram", from: "sara", content: `message ${sent}` });
  const input = { conversationId: "telegram:sara", contains: "invoice" };
  const shown = await wide.failure("searches.find_messages.operation.perform", { inputData: input });
  expect(shown).toMatchObject({
    code: "search_incomplete",
    text: expect.stringMatching(/set Before to that time\.$/),
  });
  const before = /back to (\S+) matches/.exec(shown.text)?.[1];
  expect(await wide.search("find_messages", { ...input, before })).toEqual([]);
  await wide.close();
}, 30_000);
