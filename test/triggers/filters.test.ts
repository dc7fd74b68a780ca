/** What a Zap's filters hold back, on signed deliveries of every kind. */
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Event, type EventType, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { toTriggerKey } from "../../zapier/trigger/hook-trigger.ts";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
beforeAll(async () => {
  zap = await startZap();
});
afterAll(() => zap.close());

const secret = "whsec_test";
let deliveries = 0;

/** Whether the Zap runs on the sample event with these changes to its data. */
async function runs(type: EventType, inputData: Row, data: Row = {}, event: Row = {}): Promise<boolean> {
  const sample = sampleEvent(type) as Event;
  const content = JSON.stringify({ ...sample, id: `evt_${++deliveries}`, ...event, data: { ...sample.data, ...data } });
  const results = await zap.run(`triggers.${toTriggerKey(type)}.operation.perform`, {
    inputData,
    subscribeData: { id: "wh_1", secret },
    rawRequest: { headers: { "Http-X-Onsync-Signature": signPayload(content, secret) }, content },
  });
  return results.length === 1;
}

describe("New Message", () => {
  const outbound = { direction: "outbound" };

  test.each<[string, Row, Row, boolean]>([
    ["inbound by default", {}, {}, true],
    ["outbound, not by default: a Zap that answers would answer itself", {}, outbound, false],
    ["a blank direction is the default", { direction: "" }, outbound, false],
    ["outbound where it is asked for", { direction: "outbound" }, outbound, true],
    ["inbound where outbound is asked for", { direction: "outbound" }, {}, false],
    ["both: inbound", { direction: "any" }, {}, true],
    ["both: outbound", { direction: "any" }, outbound, true],
    ["the platform chosen", { platform: "whatsapp" }, {}, true],
    ["another platform", { platform: "telegram" }, {}, false],
    ["the platform out of the conversation's id", { platform: "whatsapp" }, { platform: undefined }, true],
    ["words in any case", { contains: "ORDER" }, {}, true],
    ["words that are not there", { contains: "invoice" }, {}, false],
    ["words, in a message without text", { contains: "order" }, { content: null }, false],
    ["all filters together", { direction: "any", platform: "whatsapp", contains: "confirm" }, outbound, true],
  ])("%s: with filters %j and %j the Zap runs: %s", async (_what, inputData, data, expected) => {
    expect(await runs("message.created", inputData, data)).toBe(expected);
  });

  test("the list is filtered like live events", async () => {
    const { control } = zap.reference;
    await control.inbound({ platform: "telegram", from: "omar", content: "Where is my invoice?" });
    await zap.create("send_message", { platform: "telegram", to: "omar", content: "In your inbox" });
    const list = (inputData: Row) => zap.run("triggers.message_created.operation.performList", { inputData });
    expect((await list({})).map(({ content }) => content)).toEqual(["Where is my invoice?"]);
    expect((await list({ direction: "any" })).map(({ content }) => content)).toEqual([
      "In your inbox",
      "Where is my invoice?",
    ]);
    // They fit nothing that is there, but the sample: it is given, so that the Zap can be set up.
    expect(await list({ contains: "confirm" })).toMatchObject([{ id: "msg_01JGDP5CQ0" }]);
  });
});

test.each<[EventType, Row]>([
  ["message.created", { contains: "refund" }],
  ["message.created", { direction: "outbound" }],
  ["message.created", { platform: "instagram" }],
  ["message.updated", { platform: "instagram" }],
  ["message.updated", { status: ["failed"] }],
])("the list of %s has nothing, rather than a sample that %j holds back", async (type, inputData) => {
  const fresh = await startZap();
  expect(await fresh.run(`triggers.${toTriggerKey(type)}.operation.performList`, { inputData })).toEqual([]);
  await fresh.close();
});

describe("Message Status Changed", () => {
  test.each<[string, Row, Row, boolean]>([
    ["every status by default", {}, { status: "read" }, true],
    ["a status chosen", { status: ["failed", "delivered"] }, { status: "failed" }, true],
    ["another status", { status: ["failed"] }, { status: "read" }, false],
    ["one status that is not in a list", { status: "read" }, { status: "read" }, true],
    ["a blank list", { status: [""] }, { status: "read" }, true],
    ["another platform", { platform: "telegram" }, {}, false],
  ])("%s: with filters %j and %j the Zap runs: %s", async (_what, inputData, data, expected) => {
    expect(await runs("message.updated", inputData, data)).toBe(expected);
  });
});

describe("Contact Updated", () => {
  test.each<[string, Row, Row, boolean]>([
    ["every update by default", {}, { changedFields: ["tags"] }, true],
    ["a field chosen", { changed: ["phone", "tags"] }, { changedFields: ["tags", "firstName"] }, true],
    ["another field", { changed: ["phone"] }, { changedFields: ["tags"] }, false],
    [
      "a property, where the event names it",
      { changed: ["properties.source"] },
      { changedFields: ["properties.source"] },
      true,
    ],
    [
      "a property, where the event names properties as a whole",
      { changed: ["properties.source"] },
      { changedFields: ["properties"] },
      true,
    ],
    ["where the event does not say which fields changed", { changed: ["phone"] }, {}, true],
  ])("%s: with filters %j and %j the Zap runs: %s", async (what, inputData, event, expected) => {
    // Each a contact of its own, which the Zap does not know yet.
    expect(await runs("contact.updated", inputData, { id: `contact ${what}` }, event)).toBe(expected);
  });
});

describe.each(["contact.created", "contact.updated"] as const)("%s", (type) => {
  test.each<[string, Row, Row, boolean]>([
    ["a tag the contact has", { tag: ["expo"] }, { tags: ["lead", "expo"] }, true],
    ["one of several tags, in any case", { tag: ["vip", "Expo "] }, { tags: ["expo"] }, true],
    ["one tag that is not in a list", { tag: "expo" }, { tags: ["expo"] }, true],
    ["a tag the contact does not have", { tag: ["vip"] }, { tags: ["lead", "expo"] }, false],
    ["a tag, of a contact without tags", { tag: ["vip"] }, { tags: null }, false],
    ["a blank tag", { tag: [" "] }, { tags: [] }, true],
    ["the channel chosen", { channel: "instagram" }, { channel: "instagram" }, true],
    ["another channel", { channel: "instagram" }, { channel: "telegram" }, false],
    ["a channel, of a contact without one", { channel: "instagram" }, { channel: null }, false],
    ["both", { tag: ["expo"], channel: "instagram" }, { tags: ["expo"], channel: "telegram" }, false],
  ])("%s: with filters %j and %j the Zap runs: %s", async (_what, inputData, data, expected) => {
    expect(await runs(type, inputData, data)).toBe(expected);
  });
});

test("what a filter holds back is not remembered: an edited Zap sees it when it is delivered again", async () => {
  const event = { id: "evt_repeated" };
  expect(await runs("message.created", { contains: "invoice" }, {}, event)).toBe(false);
  expect(await runs("message.created", { contains: "order" }, {}, event)).toBe(true);
  expect(await runs("message.created", { contains: "order" }, {}, event)).toBe(false);
});
