/** Smart Triggers: what sets them off, what they do, and what they never do. */
import { describe, expect, test } from "@jest/globals";
import { type Body, hour } from "../caller.ts";
import { automated, sara, typesOf } from "./automated.ts";

const order = { name: "Orders", when: { contains: ["order"] }, actions: { addTags: ["order"] } };

async function readTags(api: Awaited<ReturnType<typeof automated>>): Promise<string[]> {
  return (await api.call("GET", `/v1/contacts?phone=${encodeURIComponent(sara)}`)).body.data[0].tags;
}

describe("a trigger acts", () => {
  test("on an API send, a console send and a customer's message alike, each once", async () => {
    await using api = await automated();
    await api.control.triggers.create({ ...order, when: { direction: "any", contains: ["order"] } });
    await api.inbound("Where is my ORDER?");
    await api.send("Your order is on its way.");
    const console = await api.call("POST", "/_console/messages", {
      ...{ platform: "telegram", to: "482", messageType: "text" },
      content: "Another order",
    });
    await api.inbound("Thanks");
    expect(console.status).toBe(201);
    expect(
      (await api.control.triggers.runs()).map(({ conversationId, outcomes }) => [conversationId, outcomes]),
    ).toEqual([
      ["telegram:482", [{ action: "addTags", tags: ["order"] }]],
      [`whatsapp:${sara}`, [{ action: "addTags", tags: [] }]],
      [`whatsapp:${sara}`, [{ action: "addTags", tags: ["order"] }]],
    ]);
    expect(await readTags(api)).toEqual(["order"]);
    expect(await api.control.triggers.list()).toMatchObject([{ name: "Orders", runs: 3 }]);
  });

  test("and its effects arrive as the documented events, after the message that caused them", async () => {
    await using api = await automated();
    await api.control.triggers.create({
      name: "All three",
      actions: {
        addTags: ["vip"],
        assign: "Daniel Reyes",
        reply: { template: "order_follow_up", language: "en", parameters: ["{{firstName}}"] },
      },
    });
    await api.control.inbound({ platform: "whatsapp", from: sara, content: "Hello", name: "Sara Hussein" });
    const events = await api.takeEvents();
    expect(typesOf(events)).toEqual([
      "contact.created",
      "message.created",
      "conversation.assigned",
      "contact.updated",
      "conversation.assigned",
      "message.created",
    ]);
    expect(events[3].data.tags).toEqual(["vip"]);
    expect(events[4].data.assignee).toMatchObject({ name: "Daniel Reyes", email: "daniel@example.com" });
    expect(events[5].data).toMatchObject({
      ...{ direction: "outbound", type: "template", to: sara, status: "queued" },
      content: "Hi Sara, your order is on its way. Is there anything else we can do for you?",
      metadata: { source: "smart_trigger", triggerId: expect.stringMatching(/^trigger_/) },
    });
  });

  test("in the order in which triggers were made, each on what the one before left", async () => {
    await using api = await automated();
    for (const [name, assign] of [
      ["First", "Omar Nasser"],
      ["Second", "Layla Haddad"],
      ["Third", "Layla Haddad"],
    ] as const) {
      await api.control.triggers.create({ name, actions: { assign, addTags: [name] } });
    }
    await api.inbound("Hi");
    expect(await readTags(api)).toEqual(["First", "Second", "Third"]);
    expect((await api.control.triggers.runs()).map((run) => [run.triggerName, run.outcomes[1]])).toEqual([
      ["Third", { action: "assign", assignee: "Layla Haddad", changed: false }],
      ["Second", { action: "assign", assignee: "Layla Haddad", changed: true }],
      ["First", { action: "assign", assignee: "Omar Nasser", changed: false }],
    ]);
  });

  test.each<[string, object, Body[]]>([
    ["of one direction", { direction: "outbound" }, ["out telegram", "out whatsapp"]],
    ["on some platforms", { direction: "any", platforms: ["telegram"] }, ["in telegram", "out telegram"]],
    [
      "with one of its phrases, however they are written",
      { direction: "any", contains: ["ＩＮ w", "no"] },
      ["in whatsapp"],
    ],
    ["from customers, where nothing is said", {}, ["in whatsapp", "in telegram"]],
  ])("on messages %s only", async (_what, when, expected) => {
    await using api = await automated();
    await api.control.triggers.create({ name: "T", when, actions: { addTags: ["x"] } });
    await api.inbound("in whatsapp");
    await api.control.inbound({ platform: "telegram", from: "482", content: "in telegram" });
    await api.send("out whatsapp");
    await api.send("out telegram", "482", "telegram");
    const messages = [...(await api.history()), ...(await api.history("telegram:482"))];
    const contents = (await api.control.triggers.runs()).map(
      ({ messageId }) => messages.find(({ id }) => id === messageId).content,
    );
    expect(contents.sort()).toEqual(expected.sort());
  });

  test.each([
    ["ΠΟΣ", "ΠΟΣΟ ΚΑΝΕΙ;"],
    ["ποσ", "ΠΟΣΟ ΚΑΝΕΙ;"],
    ["ΛΌΓΟΣ", "ο λόγος"],
    ["STRASSE", "Bahnhofstraße 1"],
  ])("whose phrase %j is in %j, in whichever case", async (phrase, content) => {
    await using api = await automated();
    await api.control.triggers.create({ name: "T", when: { contains: [phrase] }, actions: { addTags: ["x"] } });
    await api.inbound(content);
    expect(await readTags(api)).toEqual(["x"]);
  });

  test("no more once it is switched off or removed; what it did stays known", async () => {
    await using api = await automated();
    const { id } = await api.control.triggers.create(order);
    await api.control.triggers.update(id, { enabled: false });
    await api.inbound("my order");
    expect(await api.control.triggers.runs()).toEqual([]);
    await api.control.triggers.update(id, { enabled: true, when: { contains: ["refund"] } });
    await api.inbound("my order");
    await api.inbound("my refund");
    await api.control.triggers.remove(id);
    await api.inbound("my refund");
    expect(await api.control.triggers.list()).toEqual([]);
    expect(await api.control.triggers.runs()).toMatchObject([{ triggerName: "Orders" }]);
  });

  test("in its own org alone", async () => {
    await using api = await automated();
    const { id: orgId } = await api.control.createOrg({ name: "Other" });
    await api.control.triggers.create({ ...order, orgId });
    await api.inbound("my order");
    expect(await readTags(api)).toEqual([]);
    await api.control.inbound({ platform: "whatsapp", from: sara, content: "my order", orgId });
    expect(await api.control.triggers.runs({ orgId })).toHaveLength(1);
    expect(await api.control.triggers.runs()).toEqual([]);
  });
});

describe("a trigger's reply", () => {
  const echo = { name: "Echo", when: { direction: "any" }, actions: { reply: { text: "Hi {{firstName}}!" } } } as const;

  test("sets off no trigger, its own included", async () => {
    await using api = await automated();
    await api.control.triggers.create(echo);
    await api.control.triggers.create({ ...echo, name: "Echo of echoes" });
    await api.inbound("Hello");
    expect((await api.history()).map(({ content }) => content)).toEqual(["Hi there!", "Hi there!", "Hello"]);
  });

  test("ends a quarrel with another program that answers each reply: after 20 in an hour no more are sent", async () => {
    await using api = await automated();
    await api.control.triggers.create({ ...echo, when: {} });
    const countReplies = async () =>
      (await api.control.triggers.runs()).filter(({ outcomes: [first] }) => first && "messageId" in first).length;
    for (let round = 0; round < 30; round++) await api.inbound(`No, ${round}`);
    expect(await countReplies()).toBe(20);
    expect((await api.control.triggers.runs())[0]?.outcomes).toEqual([
      { action: "reply", refused: expect.stringMatching(/20 replies .* within an hour/) },
    ]);
    await api.later(hour);
    await api.inbound("Peace?");
    expect(await countReplies()).toBe(21);
  });

  test("that is refused undoes neither the message nor what else the trigger did, and says why", async () => {
    await using api = await automated();
    await api.control.triggers.create({
      name: "Late",
      when: { direction: "outbound", platforms: ["whatsapp"] },
      actions: { addTags: ["told"], reply: { text: "Is there anything else?" } },
    });
    const template = {
      name: "order_follow_up",
      language: "en",
      components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
    };
    const sent = await api.call("POST", "/v1/messaging/send", {
      ...{ platform: "whatsapp", to: sara, messageType: "template", metadata: { template } },
    });
    expect(sent.status).toBe(201);
    expect(await readTags(api)).toEqual(["told"]);
    expect(await api.history()).toHaveLength(1);
    expect((await api.control.triggers.runs())[0]?.outcomes[1]).toEqual({
      action: "reply",
      refused: expect.stringContaining("has not written yet"),
    });
  });

  test("by template goes out on WhatsApp only, and only while it is approved", async () => {
    await using api = await automated();
    const reply = { template: "order_follow_up", language: "en", parameters: ["you"] };
    await api.control.triggers.create({ name: "T", actions: { reply } });
    await api.control.inbound({ platform: "telegram", from: "482", content: "Hi" });
    await api.control.templates.save({ name: "order_follow_up", language: "en", status: "paused" });
    await api.inbound("Hi");
    expect((await api.control.triggers.runs()).flatMap(({ outcomes }) => outcomes)).toEqual([
      { action: "reply", refused: expect.stringContaining("only an approved one") },
      { action: "reply", refused: expect.stringContaining("on WhatsApp only") },
    ]);
  });
});
