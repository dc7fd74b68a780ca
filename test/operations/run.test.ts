/** Each operation against the reference API, with and without its extensions. */
import { describe, expect, test } from "@jest/globals";
import { messagingWindowMs, sampleEvent } from "../../src/api/index.ts";
import type { OnSync } from "../../src/client/index.ts";
import { type OperationContext, type OperationName, operations, runOperation } from "../../src/operations/index.ts";
import { createEventLog } from "../../src/webhooks/log/event-log.ts";
import { onsyncPair } from "../../testing/onsync.ts";

// biome-ignore lint/suspicious/noExplicitAny: each test knows the shape of the answer it asks for
type Answer = any;

function run(onsync: OnSync, name: OperationName, input: unknown, context?: OperationContext): Promise<Answer> {
  return runOperation<never, never>(operations[name] as never, onsync, input, context);
}

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;
const sara = {
  firstName: "Sara",
  phone,
  email: "sara@example.com",
  tags: ["lead"],
  properties: { externalId: "crm_8740", source: "Expo booth" },
};
const inbound = { platform: "whatsapp", from: phone, content: "Hi, can you confirm my order?" } as const;

describe.each([true, false])("with extensions: %s", (extensions) => {
  test("get_account proves the key either way", async () => {
    await using pair = await onsyncPair({ extensions });
    const { account, rateLimit } = await run(pair.onsync, "get_account", {});
    expect(rateLimit).toMatchObject({ limit: 1000 });
    if (extensions) expect(account.scopes).toContain("write:messages");
    else expect(account).toBeNull();
  });

  test("save_contact creates, then updates; update_contact changes and clears", async () => {
    await using pair = await onsyncPair({ extensions });
    const created = await run(pair.onsync, "save_contact", sara);
    expect(created).toMatchObject({ created: true, firstName: "Sara", tags: ["lead"] });
    const updated = await run(pair.onsync, "save_contact", { phone: "+971 50 000-0000", lastName: "Hussein" });
    expect(updated).toMatchObject({ created: false, id: created.id, firstName: "Sara", lastName: "Hussein" });
    const cleared = await run(pair.onsync, "update_contact", {
      contactId: created.id,
      firstName: null,
      properties: { language: "en" },
      clear: ["lastName", "properties.source"],
    });
    expect(cleared).toMatchObject({
      firstName: null,
      lastName: null,
      properties: { externalId: "crm_8740", language: "en" },
    });
    expect(cleared.properties).not.toHaveProperty("source");
  });

  test("find_contacts by contactId needs no extension; the other identifiers must be the contact's", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id } = await run(pair.onsync, "save_contact", sara);
    expect((await run(pair.onsync, "find_contacts", { contactId: id })).data).toMatchObject([
      { id, firstName: "Sara" },
    ]);
    expect((await run(pair.onsync, "find_contacts", { contactId: id, email: "SARA@example.com" })).data).toHaveLength(
      1,
    );
    expect((await run(pair.onsync, "find_contacts", { contactId: id, phone: "+971500000009" })).data).toEqual([]);
    expect((await run(pair.onsync, "find_contacts", { contactId: "contact_unknown" })).data).toEqual([]);
  });

  test("find_contacts by identifier, or an error that says what still works", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id } = await run(pair.onsync, "save_contact", sara);
    for (const filter of [
      { phone: "+971 50 000 0000" },
      { email: "Sara@Example.com" },
      { externalId: "crm_8740" },
      { query: "sara" },
    ]) {
      const search = run(pair.onsync, "find_contacts", filter);
      if (extensions) expect((await search).data).toMatchObject([{ id }]);
      else
        await expect(search).rejects.toMatchObject({
          name: "ExtensionUnavailableError",
          advice: expect.stringContaining("contact id"),
        });
    }
    if (extensions) {
      expect((await run(pair.onsync, "find_contacts", { phone: "+971500000001" })).data).toEqual([]);
      expect((await run(pair.onsync, "find_contacts", { phone, email: "other@example.com" })).data).toEqual([]);
    }
  });

  test("send_message, send_template and list_messages", async () => {
    await using pair = await onsyncPair({ extensions });
    await pair.reference.control.inbound(inbound);
    const text = "Hi {{1}} 👋\nمرحبا";
    const sent = await run(pair.onsync, "send_message", {
      platform: "whatsapp",
      to: phone,
      content: text,
      metadata: { campaign: "expo" },
    });
    expect(sent).toMatchObject({ direction: "outbound", content: text, metadata: { campaign: "expo" } });
    const template = await run(pair.onsync, "send_template", {
      to: phone,
      template: "order_follow_up",
      language: "en",
      parameters: ["Sara"],
    });
    expect(template).toMatchObject({
      type: "template",
      metadata: {
        template: {
          name: "order_follow_up",
          language: "en",
          components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
        },
      },
    });
    const { data, nextBefore } = await run(pair.onsync, "list_messages", { conversationId });
    expect(data.map(({ id }: { id: string }) => id).slice(0, 2)).toEqual([template.id, sent.id]);
    expect(data).toHaveLength(3);
    expect(nextBefore).toBeNull();
  });

  test("check_messaging_window: closed before the customer writes, open for 24 hours after", async () => {
    await using pair = await onsyncPair({ extensions });
    const { control } = pair.reference;
    await control.clock({ freeze: true });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId })).toMatchObject({
      open: false,
      requiresTemplate: true,
      lastInboundAt: null,
      expiresAt: null,
    });
    const { createdAt } = await control.inbound(inbound);
    expect(await run(pair.onsync, "check_messaging_window", { conversationId })).toMatchObject({
      open: true,
      requiresTemplate: false,
      lastInboundAt: createdAt,
      expiresAt: new Date(Date.parse(createdAt) + messagingWindowMs).toISOString(),
    });
    // Past a page of answers of our own, the customer's message is still found.
    for (let index = 0; index < 60; index++)
      await run(pair.onsync, "send_message", { platform: "whatsapp", to: phone, content: `No ${index}` });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId })).toMatchObject({
      open: true,
      lastInboundAt: createdAt,
    });
    await control.clock({ advanceMs: messagingWindowMs });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId })).toMatchObject({
      open: false,
      requiresTemplate: true,
      secondsLeft: 0,
    });
    await expect(
      run(pair.onsync, "send_message", { platform: "whatsapp", to: phone, content: "Too late" }),
    ).rejects.toMatchObject({ name: "WindowClosedError" });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId: "telegram:sara" })).toMatchObject({
      open: true,
      requiresTemplate: false,
      expiresAt: null,
    });
  });

  test("add_tags and remove_tags leave the other tags alone and say what changed", async () => {
    await using pair = await onsyncPair({ extensions });
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    expect(await run(pair.onsync, "add_tags", { contactId, tags: ["expo", "lead"] })).toMatchObject({
      tags: ["lead", "expo"],
      changedTags: ["expo"],
      warning: null,
    });
    expect(await run(pair.onsync, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      changedTags: [],
      warning: null,
    });
    expect(await run(pair.onsync, "remove_tags", { contactId, tags: ["lead", "vip"] })).toMatchObject({
      tags: ["expo"],
      changedTags: ["lead"],
      warning: null,
    });
    expect(await run(pair.onsync, "get_contact", { contactId })).toMatchObject({
      tags: ["expo"],
      activity: { messageCount: 0 },
    });
  });

  test("find_messages by text, direction and time", async () => {
    await using pair = await onsyncPair({ extensions });
    const { control } = pair.reference;
    const first = await control.inbound(inbound);
    await control.inbound({ ...inbound, content: "Another ORDER" });
    await run(pair.onsync, "send_message", { platform: "whatsapp", to: phone, content: "Your order is on its way" });
    const found = async (filter: object) =>
      (await run(pair.onsync, "find_messages", { conversationId, ...filter })).data.map(
        ({ content }: { content: string }) => content,
      );
    expect(await found({ contains: "order" })).toHaveLength(3);
    expect(await found({ contains: "order", direction: "inbound" })).toEqual(["Another ORDER", inbound.content]);
    expect(await found({ contains: "refund" })).toEqual([]);
    expect(await found({ after: first.createdAt, direction: "inbound" })).toEqual(["Another ORDER"]);
    expect(await found({ limit: 1 })).toEqual(["Your order is on its way"]);
  });

  test("find_conversation by id, address and contact; a miss is empty", async () => {
    await using pair = await onsyncPair({ extensions });
    await pair.reference.control.inbound(inbound);
    const { id: contactId } = await run(pair.onsync, "save_contact", { phone, firstName: "Sara" });
    for (const wanted of [{ conversationId }, { platform: "whatsapp", to: "+971 50 000 0000" }, { contactId }]) {
      const { data } = await run(pair.onsync, "find_conversation", wanted);
      expect(data).toMatchObject([
        {
          id: conversationId,
          platform: "whatsapp",
          address: phone,
          lastMessage: inbound.content,
          status: extensions ? "assigned" : null,
        },
      ]);
    }
    expect(await run(pair.onsync, "find_conversation", { conversationId: "whatsapp:+971500000009" })).toEqual({
      data: [],
    });
    expect(await run(pair.onsync, "find_conversation", { contactId: "contact_unknown" })).toEqual({ data: [] });
  });

  test("list_conversations and list_templates are extensions and say so", async () => {
    await using pair = await onsyncPair({ extensions });
    await pair.reference.control.inbound(inbound);
    await pair.reference.control.templates.save({
      name: "order_follow_up",
      language: "en",
      components: [{ type: "BODY", text: "Hi {{2}}, order {{1}}" }],
    });
    const lists = [run(pair.onsync, "list_conversations", {}), run(pair.onsync, "list_templates", {})];
    if (!extensions) {
      for (const list of lists) await expect(list).rejects.toMatchObject({ name: "ExtensionUnavailableError" });
      return;
    }
    const [conversations, templates] = await Promise.all(lists);
    expect(conversations.data).toMatchObject([{ id: conversationId }]);
    expect(templates.data).toMatchObject([{ name: "order_follow_up", variables: ["1", "2"] }]);
  });

  test("webhooks: created with its secret once, listed without, deleted", async () => {
    await using pair = await onsyncPair({ extensions });
    const created = await run(pair.onsync, "create_webhook", {
      url: "https://example.com/hooks",
      events: ["contact.created"],
    });
    expect(created).toMatchObject({ secret: expect.any(String), status: "active" });
    const { data } = await run(pair.onsync, "list_webhooks", {});
    expect(data).toMatchObject([{ id: created.id, stats: { delivered: 0 } }]);
    expect(JSON.stringify(data)).not.toContain(created.secret);
    expect(await run(pair.onsync, "delete_webhook", { webhookId: created.id })).toMatchObject({ deleted: true });
    expect((await run(pair.onsync, "list_webhooks", {})).data).toEqual([]);
  });
});

describe("add_tags beside another writer", () => {
  const disturbed = (onsync: OnSync, disturb: (contactId: string, round: number) => Promise<void>): OnSync => {
    let round = 0;
    return {
      ...onsync,
      contacts: {
        ...onsync.contacts,
        update: async (contactId, patch, options) => {
          const answer = await onsync.contacts.update(contactId, patch, options);
          await disturb(contactId, ++round);
          return answer;
        },
      },
    };
  };

  test("puts its tags back when they were overwritten, and says that somebody else was there", async () => {
    await using pair = await onsyncPair();
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    const other = disturbed(pair.onsync, async (id, round) => {
      if (round === 1) await pair.onsync.contacts.update(id, { tags: ["vip"] });
    });
    expect(await run(other, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      tags: ["vip", "expo"],
      warning: expect.stringContaining("Your change was kept"),
    });
  });

  test("gives up after three rounds and says that the change did not last", async () => {
    await using pair = await onsyncPair();
    const { id: contactId } = await run(pair.onsync, "save_contact", sara);
    const rounds: number[] = [];
    const other = disturbed(pair.onsync, async (id, round) => {
      rounds.push(round);
      await pair.onsync.contacts.update(id, { tags: ["vip"] });
    });
    expect(await run(other, "add_tags", { contactId, tags: ["expo"] })).toMatchObject({
      tags: ["vip"],
      warning: expect.stringContaining("did not last"),
    });
    expect(rounds).toEqual([1, 2, 3]);
  });
});

describe("wait_for_events", () => {
  test("gives the events of the log, and the cursor to go on from", async () => {
    await using pair = await onsyncPair();
    const events = createEventLog();
    const { cursor } = await run(pair.onsync, "wait_for_events", { timeoutSeconds: 0 }, { events });
    events.append(sampleEvent("contact.created"));
    const answer = await run(pair.onsync, "wait_for_events", { cursor, types: ["contact.created"] }, { events });
    expect(answer).toMatchObject({ data: [sampleEvent("contact.created")], more: false, gap: false });
  });

  test("says what to do where no receiver runs", async () => {
    await using pair = await onsyncPair();
    await expect(run(pair.onsync, "wait_for_events", {})).rejects.toMatchObject({
      advice: expect.stringContaining("list_messages"),
    });
  });
});

describe("wrong input", () => {
  test.each<[OperationName, unknown, string]>([
    [
      "send_message",
      { platform: "fax", to: phone, content: "Hi" },
      "platform: must be one of whatsapp, instagram, facebook, telegram",
    ],
    ["send_message", { platform: "whatsapp", to: phone }, "content: is required"],
    ["find_contacts", {}, "give at least one of phone, email, externalId, contactId and query"],
    ["find_contacts", { contactId: "contact_1", query: "sara" }, "query cannot be combined with contactId"],
    ["find_conversation", { platform: "whatsapp" }, "give conversationId, or platform and to, or contactId"],
    ["update_contact", { contactId: "contact_1", clear: ["id"] }, "clear.0: must be one of firstName"],
    [
      "send_template",
      { to: phone, template: "a", language: "en", parameters: [""] },
      "parameters.0: must not be empty",
    ],
    ["add_tags", { contactId: "contact_1", tags: [] }, "tags: name at least one tag"],
    ["wait_for_events", { timeoutSeconds: 26 }, "timeoutSeconds: must be at most 25"],
    ["get_contact", "contact_1", "the input: must be an object"],
  ])("%s %j", async (name, input, message) => {
    await using pair = await onsyncPair();
    await expect(run(pair.onsync, name, input)).rejects.toMatchObject({
      name: "ValidationError",
      message: expect.stringContaining(message),
    });
    expect(pair.onsync.rateLimit).toBeNull(); // no request was spent
  });
});
