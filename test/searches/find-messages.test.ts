import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";

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

test("a conversation that OnSync does not know is a miss", async () => {
  expect(await zap.search("find_messages", { conversationId: "whatsapp:+971500000009" })).toEqual([]);
});

test("a 404 that is not OnSync's own is no miss: the address may be wrong", async () => {
  await zap.reference.control.behaviour({ notFound: "framework" });
  const shown = await zap.failure("searches.find_messages.operation.perform", { inputData: { conversationId } });
  expect(shown).toMatchObject({ name: "AppError", text: expect.stringContaining("check the base URL") });
});

describe("in a conversation of a thousand messages", () => {
  let wide: Zap;
  const input = { conversationId: "telegram:sara" };
  const cost = (more: Row) => countRequests(wide, () => wide.search("find_messages", { ...input, ...more }));
  let early: Row;
  beforeAll(async () => {
    wide = await startZap({ rateLimit: 1_000_000 });
    for (let sent = 0; sent < 1000; sent++) {
      const message = await wide.reference.control.inbound({
        platform: "telegram",
        from: "sara",
        content: `message ${sent}.`,
      });
      if (sent === 50) early = message;
    }
  });
  afterAll(() => wide.close());

  test.each<[string, Row]>([
    ["the newest message", { contains: "message 999." }],
    ["a message of the newest hundred", { contains: "message 910." }],
    ["any message", {}],
    ["as many as are asked for", { limit: "100" }],
  ])("finding %s costs one request", async (_what, more) => {
    expect(await cost(more)).toBe(1);
  });

  test("as many as are asked for are looked for beyond the newest hundred, with three requests at most", async () => {
    expect(await cost({ limit: "20", contains: "message 999." })).toBe(3);
    expect(await wide.search("find_messages", { ...input, limit: "2", contains: "50." })).toMatchObject([
      { content: "message 950." },
      { content: "message 850." },
    ]);
  });

  test("nothing in what three requests read, and more before it, halts, says how to go on and is no miss", async () => {
    const wanted = { ...input, contains: "message 600." };
    let shown = { name: "", text: "" };
    const read = async (inputData: Row) => {
      shown = await wide.failure("searches.find_messages.operation.perform", { inputData });
    };
    expect(await countRequests(wide, () => read(wanted))).toBe(3);
    expect(shown).toMatchObject({
      name: "HaltedError",
      text: expect.stringMatching(/^To look further back, set Before to /),
    });
    const before = /set Before to (\S+):/.exec(shown.text)?.[1];
    expect(await wide.search("find_messages", { ...wanted, before })).toMatchObject([{ content: "message 600." }]);
  });

  test("nothing in all that there is before a time is a miss", async () => {
    const wanted = { ...input, contains: "invoice", before: early.createdAt };
    expect(await wide.search("find_messages", wanted)).toEqual([]);
  });
});
