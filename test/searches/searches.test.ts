import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import App from "../../index.ts";
import { type Row, startZap, type Zap } from "../zapier/harness.ts";
import { missingInLive } from "../zapier/lint.ts";

let zap: Zap;
beforeEach(async () => {
  zap = await startZap();
});
afterEach(() => zap.close());

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

function inbound(content: string, from = phone) {
  return zap.reference.control.inbound({ platform: "whatsapp", from, content });
}

function contents(rows: Row[]) {
  return rows.map(({ content }) => content);
}

describe("Find Contact", () => {
  const sara = { phone, email: "Sara@Example.com", externalId: "crm_8740", firstName: "Sara" };

  test.each<[string, Row]>([
    ["phone", { phone: "+971 50 000 0000" }],
    ["email, in any case", { email: "sara@example.COM" }],
    ["external reference", { externalId: "crm_8740" }],
    ["several that all match", { phone, email: "sara@example.com" }],
  ])("by %s", async (_what, input) => {
    const { id } = await zap.create("save_contact", sara);
    expect(await zap.search("find_contact", input)).toMatchObject([{ id, name: "Sara" }]);
  });

  test("by id, which needs no extension; other fields given must match too", async () => {
    const plain = await startZap({ extensions: false });
    const { id } = await plain.create("save_contact", sara);
    expect(await plain.search("find_contact", { contactId: id })).toMatchObject([{ id, name: "Sara" }]);
    expect(await plain.search("find_contact", { contactId: id, phone })).toHaveLength(1);
    expect(await plain.search("find_contact", { contactId: id, phone: "+971511111111" })).toEqual([]);
    await plain.close();
  });

  test("a miss is empty, so that Find or Create creates", async () => {
    expect(await zap.search("find_contact", { phone })).toEqual([]);
    expect(await zap.search("find_contact", { contactId: "contact_unknown" })).toEqual([]);
    const { search, create } = App.searchOrCreates?.find_contact ?? { search: "", create: "" };
    expect(await zap.search(search, { phone, firstName: "Sara" })).toEqual([]);
    const { id } = await zap.create(create, { phone, firstName: "Sara" });
    expect(await zap.search(search, { phone, firstName: "Sara" })).toMatchObject([{ id }]);
  });

  test("every field that find and create share has the same key and label", () => {
    const of = (fields: unknown) => new Map((fields as Row[]).map(({ key, label }) => [key, label]));
    const create = of(App.creates.save_contact?.operation.inputFields);
    for (const [key, label] of of(App.searches.find_contact?.operation.inputFields))
      if (key !== "contactId") expect(create.get(key)).toBe(label);
  });

  test("without any field it says what is needed", async () => {
    const shown = await zap.failure("searches.find_contact.operation.perform", { inputData: { phone: "" } });
    expect(shown).toMatchObject({
      name: "AppError",
      text: "OnSync cannot take this. Fill in at least one of Phone, Email, External Reference and Contact.",
    });
  });
});

describe("Find Messages in a Conversation", () => {
  test("by text, direction and time, newest first", async () => {
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

  test("nothing found in the part that was read, and more before it: not a miss", async () => {
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
});

describe("Find Conversation", () => {
  test.each<[string, (contactId: unknown) => Row]>([
    ["platform and address", () => ({ platform: "whatsapp", to: "+971 50 000 0000" })],
    ["contact", (contactId) => ({ contactId })],
    ["id", () => ({ conversationId })],
  ])("by %s, with and without the extensions", async (_what, input) => {
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

  test("what is missing is named", async () => {
    const shown = await zap.failure("searches.find_conversation.operation.perform", {
      inputData: { platform: "whatsapp" },
    });
    expect(shown.text).toBe(
      "OnSync cannot take this. Fill in Platform and Customer Address, or Contact, or Conversation.",
    );
  });
});

describe("dropdowns", () => {
  test("contacts and conversations by name", async () => {
    const { id } = await zap.create("save_contact", { phone, firstName: "Sara" });
    await inbound("Hi");
    expect(await zap.run("triggers.contact_list.operation.perform")).toEqual([{ id, name: `Sara, ${phone}` }]);
    expect(await zap.run("triggers.conversation_list.operation.perform")).toEqual([
      { id: conversationId, name: `${conversationId} (assigned)` },
    ]);
  });

  test("without the extensions they are empty, and the field takes what is typed", async () => {
    const plain = await startZap({ extensions: false });
    for (const key of ["contact_list", "conversation_list", "template_list"])
      expect(await plain.run(`triggers.${key}.operation.perform`)).toEqual([]);
    await plain.close();
  });
});

test("T004: every live result has what the samples promise", async () => {
  await inbound("Hi");
  const [contact] = await zap.search("find_contact", { phone });
  const contactId = contact?.id;
  const live: Record<string, Row | undefined> = {
    "creates.save_contact": await zap.create("save_contact", { phone }),
    "creates.update_contact": await zap.create("update_contact", { contactId, firstName: "Sara" }),
    "creates.add_tags": await zap.create("add_tags", { contactId, tags: ["a"] }),
    "creates.remove_tags": await zap.create("remove_tags", { contactId, tags: ["a"] }),
    "creates.send_message": await zap.create("send_message", { platform: "whatsapp", to: phone, content: "Hi" }),
    "creates.send_template": await zap.create("send_template", {
      to: phone,
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    }),
    "searches.find_contact": contact,
    "searches.find_messages": (await zap.search("find_messages", { conversationId }))[0],
    "searches.find_conversation": (await zap.search("find_conversation", { conversationId }))[0],
  };
  const app = App as unknown as Record<string, Record<string, { operation: { sample: Row } }>>;
  for (const kind of ["creates", "searches"]) {
    for (const [key, { operation }] of Object.entries(app[kind] ?? {})) {
      const result = live[`${kind}.${key}`];
      expect([key, missingInLive(operation.sample, result)]).toEqual([key, []]);
      expect(Object.keys(result ?? {})).toEqual(Object.keys(operation.sample));
    }
  }
});
