/** The filters of the conversation triggers, and New Message's for the first message of a conversation. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Event, type EventType, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { toTriggerKey } from "../../zapier/trigger/hook-trigger.ts";
import { type Row, type Shown, startZap, type Zap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";

const secret = "whsec_test";
let deliveries = 0;

/** A signed delivery of the sample event with these changes to its data. */
function toBundle(type: EventType, inputData: Row, data: Row, id = `evt_${++deliveries}`) {
  const sample = sampleEvent(type) as Event;
  const content = JSON.stringify({ ...sample, id, data: { ...sample.data, ...data } });
  return {
    inputData,
    subscribeData: { id: "wh_1", secret },
    rawRequest: { headers: { "Http-X-Onsync-Signature": signPayload(content, secret) }, content },
  };
}

async function runs(zap: Zap, type: EventType, inputData: Row, data: Row, id?: string): Promise<boolean> {
  const results = await zap.run(
    `triggers.${toTriggerKey(type)}.operation.perform`,
    toBundle(type, inputData, data, id),
  );
  return results.length === 1;
}

describe.each(["conversation.assigned", "conversation.resolved"] as const)("%s", (type) => {
  let zap: Zap;
  beforeAll(async () => {
    zap = await startZap();
  });
  afterAll(() => zap.close());
  const assignee = { id: "user_1", name: "Omar Nasser", email: "omar@example.com" };

  test.each<[string, Row, Row, boolean]>([
    ["every conversation by default", {}, {}, true],
    ["the platform chosen", { platform: "whatsapp" }, { platform: "whatsapp" }, true],
    ["another platform", { platform: "telegram" }, { platform: "whatsapp" }, false],
    ["the platform out of the id", { platform: "whatsapp" }, { platform: undefined, id: "whatsapp:+97150" }, true],
    ["the teammate's name, in any case", { assignee: " omar nasser" }, { assignee }, true],
    ["the teammate's e-mail", { assignee: "Omar@Example.com" }, { assignee }, true],
    ["the teammate's id", { assignee: "user_1" }, { assignee }, true],
    ["a part of the name", { assignee: "Omar" }, { assignee }, false],
    ["another teammate", { assignee: "Lina Haddad" }, { assignee }, false],
    ["nobody's", { assignee: "Omar Nasser" }, { assignee: null }, false],
    ["blank filters", { platform: "", assignee: " " }, { assignee }, true],
    ["both filters", { platform: "telegram", assignee: "user_1" }, { platform: "whatsapp", assignee }, false],
  ])("%s: with filters %j and %j the Zap runs: %s", async (_what, inputData, data, expected) => {
    expect(await runs(zap, type, inputData, data)).toBe(expected);
  });

  test("the list is filtered like live events", async () => {
    const list = (inputData: Row) => zap.run(`triggers.${toTriggerKey(type)}.operation.performList`, { inputData });
    await zap.reference.control.inbound({ platform: "telegram", from: "omar", content: "Hi" });
    await zap.reference.control.resolve("telegram:omar");
    await zap.reference.control.inbound({ platform: "instagram", from: "omar", content: "Hi" });
    if (type === "conversation.resolved") await zap.reference.control.resolve("instagram:omar");
    expect((await list({ platform: "instagram" })).map(({ platform }) => platform)).toEqual(["instagram"]);
    expect(await list({ assignee: "Nobody Of That Name" })).toEqual([]);
  });
});

describe("New Message, where it is limited to the first of a conversation", () => {
  let zap: Zap;
  beforeEach(async () => {
    zap = await startZap();
  });
  afterEach(() => zap.close());
  const only = { firstOnly: true };
  const inbound = (content: string) =>
    zap.reference.control.inbound({ platform: "telegram", from: "sara", content }) as unknown as Promise<Row>;

  test("runs on the first message, and on no other", async () => {
    const [first, second] = [await inbound("Hi"), await inbound("Anybody there?")];
    expect(await runs(zap, "message.created", only, first)).toBe(true);
    expect(await runs(zap, "message.created", only, second)).toBe(false);
    expect(await runs(zap, "message.created", {}, second)).toBe(true);
    expect(await runs(zap, "message.created", { firstOnly: "" }, second)).toBe(true);
  });

  test("takes an answer to what was sent for no first message", async () => {
    await zap.create("send_message", { platform: "telegram", to: "sara", content: "Welcome" });
    expect(await runs(zap, "message.created", only, await inbound("Thanks"))).toBe(false);
  });

  test("costs one request, and none where another filter holds the message back", async () => {
    const first = await inbound("Hi");
    const cost = (inputData: Row) => countRequests(zap, () => runs(zap, "message.created", inputData, first));
    expect(await cost(only)).toBe(1);
    expect(await cost({ ...only, platform: "whatsapp" })).toBe(0);
    expect(await cost({})).toBe(0);
  });

  test("says which permission it needs, and takes the same delivery again", async () => {
    const first = await inbound("Hi");
    const { key } = await zap.reference.control.createKey({ scopes: ["write:webhooks"] });
    const authData = { api_key: key, base_url: zap.url };
    const shown: Shown = await zap.failure("triggers.message_created.operation.perform", {
      ...toBundle("message.created", only, first, "evt_again"),
      authData,
    });
    expect(shown.text).toContain("grant it read:messages");
    expect(await runs(zap, "message.created", only, first, "evt_again")).toBe(true);
  });

  test("lists first messages only", async () => {
    await inbound("Hi");
    await inbound("Anybody there?");
    const listed = await zap.run("triggers.message_created.operation.performList", { inputData: only });
    expect(listed.map(({ content }) => content)).toEqual(["Hi"]);
  });
});
