/** Every tool through an SDK client, against the reference API, with its extensions and without. */
import { describe, expect, test } from "@jest/globals";
import { createReference, type ReferenceOptions } from "../../../reference/index.ts";
import { sampleEvent } from "../../../src/api/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, everyToolset, unfence } from "../session.ts";

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

async function start(options: ReferenceOptions = {}) {
  const reference = createReference(options);
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
  const events = createEventLog();
  const session = await connect({ onsync, events, safety: everyToolset });
  return {
    reference,
    onsync,
    events,
    call: session.call,
    async [Symbol.asyncDispose]() {
      await session.client.close();
      await reference.close();
    },
  };
}

describe.each([true, false])("with extensions %s", (extensions) => {
  test("contacts: saved, found, read, updated, refused as duplicates", async () => {
    await using world = await start({ extensions });
    const created = await world.call("save_contact", {
      firstName: "Sara",
      phone: "+971 50 000 0000",
      tags: ["lead", "expo"],
      properties: { source: "Expo booth", externalId: "crm_8740" },
    });
    // The phone is kept in another form than it was given in; the rest is not told again.
    expect(created.text).toMatch(/^Created: contact_\w+, \+971500000000\. The rest is as given, or as it was\.$/);
    const contactId = created.data.id;
    expect(created.data).toEqual({ id: contactId, created: true, phone, rest: "as given, or as it was" });
    const saved = await world.call("get_contact", { contactId });
    expect(unfence(saved.text)).toMatch(/^contact_\w+, Sara, \+971500000000, tags: lead \| expo/m);
    expect(saved.data).toMatchObject({ firstName: "Sara", phone, tags: ["lead", "expo"] });

    const found = await world.call("find_contacts", { phone });
    if (extensions) {
      expect(found.data.data).toEqual([expect.objectContaining({ id: contactId })]);
      expect(found.data).not.toHaveProperty("nextCursor");
      expect((await world.call("find_contacts", { query: "nobody" })).text).toBe("No contact found.");
    } else {
      expect(found.isError).toBe(true);
      expect(found.text).toContain("save_contact finds or creates it");
    }

    const updated = await world.call("update_contact", {
      contactId,
      lastName: "Hussein",
      clear: ["properties.source"],
    });
    expect(updated.data).toMatchObject({ lastName: "Hussein", rest: "as given, or as it was" });
    const read = await world.call("get_contact", { contactId });
    const properties = { externalId: "crm_8740" };
    expect(read.data).toMatchObject({ id: contactId, lastName: "Hussein", properties, activity: { messageCount: 0 } });
    expect(read.data.properties).not.toHaveProperty("source");

    const other = await world.call("save_contact", { email: "omar@example.com" });
    const duplicate = await world.call("save_contact", { phone, email: "omar@example.com" });
    expect(duplicate.error?.code).toBe("duplicate");
    expect(duplicate.text).toContain(contactId);
    expect(duplicate.text).toContain(other.data.id);
    expect((await world.call("get_contact", { contactId: "contact_none" })).error?.code).toBe("not_found");
  });

  test("a conversation: the window, a text, a template, the history", async () => {
    await using world = await start({ extensions });
    await world.reference.control.templates.save({
      name: "order_follow_up",
      language: "en",
      components: [{ type: "BODY", text: "Hi {{1}}, your order is on its way." }],
    });
    const closed = await world.call("check_messaging_window", { conversationId });
    expect(closed.data).toMatchObject({ open: false, requiresTemplate: true });
    expect(closed.text).toContain("Next: list_templates, then send_template.");
    const refused = await world.call("send_message", { platform: "whatsapp", to: phone, content: "Hi" });
    expect(refused.error?.code).toBe("outside_messaging_window");
    expect(refused.text).toContain("Nothing was sent.");

    const templates = await world.call("list_templates");
    if (extensions) expect(templates.data.data).toMatchObject([{ name: "order_follow_up", variables: ["1"] }]);
    else expect(templates.text).toContain("then call send_template");
    const template = { to: phone, template: "order_follow_up", language: "en", parameters: ["Sara"] };
    const sent = await world.call("send_template", template);
    expect(sent.data).toMatchObject({ conversationId, type: "template", templateWindowStatus: { open: false } });
    expect(sent.text).toContain("only templates can be sent");

    await world.reference.control.inbound({ platform: "whatsapp", from: phone, content: "Thanks, where is it?" });
    const open = await world.call("check_messaging_window", { conversationId });
    expect(open.data).toMatchObject({ open: true, requiresTemplate: false });
    expect(open.text).toMatch(/window is open\. A text may be sent until \d{4}-.*Z \((24 h 0|23 h 59) min left\)/);
    const text = await world.call("send_message", { platform: "whatsapp", to: phone, content: "On its way." });
    expect(text.data).toMatchObject({ conversationId, status: "queued" });
    expect(text.data).not.toHaveProperty("content");
    expect(text.text).toContain("text as given");

    const history = await world.call("list_messages", { conversationId, limit: 2 });
    expect(unfence(history.data.data[0].content)).toBe("On its way.");
    expect(history.data.data.map(({ direction }: { direction: string }) => direction)).toEqual(["outbound", "inbound"]);
    expect(history.text).toContain("WhatsApp window open until");
    const older = await world.call("list_messages", { conversationId, limit: 2, before: history.data.nextBefore });
    expect(older.data.data).toMatchObject([{ type: "template", template: "order_follow_up" }]);
    expect(older.data).not.toHaveProperty("nextBefore");

    const conversations = await world.call("list_conversations", { platform: "whatsapp" });
    if (extensions) {
      expect(conversations.data.data).toMatchObject([{ id: conversationId, status: "assigned" }]);
      expect(conversations.text).toContain("WhatsApp window open until");
    } else expect(conversations.text).toContain("whatsapp:+971500000000");
  });

  test("webhooks and the account", async () => {
    await using world = await start({ extensions });
    const created = await world.call("create_webhook", {
      url: "https://example.com/hook",
      events: ["message.created"],
    });
    expect(created.text).toContain(created.data.secret);
    const webhookId = created.data.id;
    const listed = await world.call("list_webhooks");
    expect(listed.data.data).toMatchObject([{ id: webhookId, status: "active", stats: { delivered: 0 } }]);
    expect(JSON.stringify(listed)).not.toContain(created.data.secret);
    expect((await world.call("delete_webhook", { webhookId })).data).toEqual({ id: webhookId, deleted: true });
    expect((await world.call("list_webhooks")).text).toBe("No webhook there.");

    const account = await world.call("get_account");
    expect(account.data.rateLimit).toMatchObject({ limit: 1000 });
    if (extensions) expect(account.text).toContain("Org default");
    else expect(account.text).toContain("The API key works.");
    expect(JSON.stringify(account)).not.toContain(world.reference.key);
  });
});

test("wait_for_events: from a cursor on, nothing skipped, each event shown as its own tool shows it", async () => {
  await using world = await start();
  const orgId = (await world.onsync.account.get()).org.id;
  const first = await world.call("wait_for_events", { timeoutSeconds: 0 });
  expect(first.data).toMatchObject({ data: [], more: false, gap: false });
  for (const type of ["message.created", "conversation.assigned", "contact.created"] as const)
    world.events.append({ ...sampleEvent(type), id: `evt_${type}`, orgId });
  const next = await world.call("wait_for_events", { cursor: first.data.cursor, limit: 2 });
  expect(next.data.data.map(({ type }: { type: string }) => type)).toEqual([
    "message.created",
    "conversation.assigned",
  ]);
  expect(next.data.more).toBe(true);
  expect(next.text).toMatch(/<(customer-\w+)>Hi, can you confirm my order\?<\/\1>/);
  const last = await world.call("wait_for_events", { cursor: next.data.cursor, types: ["contact.created"] });
  expect(last.text).toContain("contact.created: contact_01JGDNWSW9, Sara Hussein");
});

test("a key without the scope is told which to grant", async () => {
  await using world = await start({ scopes: ["read:contacts"] });
  const answer = await world.call("send_message", { platform: "telegram", to: "77", content: "Hi" });
  expect(answer.error?.code).toBe("insufficient_scope");
  expect(answer.text).toContain("write:messages");
});

test("a dropped answer is settled by looking: one message, and the agent is told so", async () => {
  await using world = await start();
  await world.reference.control.inbound({ platform: "telegram", from: "77", content: "Hello" });
  await world.reference.control.faults.add({
    method: "POST",
    path: "/v1/messaging/send",
    times: 1,
    kind: "drop_response",
  });
  const sent = await world.call("send_message", { platform: "telegram", to: "77", content: "Hi" });
  expect(sent.isError).toBe(false);
  const history = await world.call("list_messages", { conversationId: "telegram:77" });
  expect(history.data.data.filter(({ content }: { content: string }) => unfence(content) === "Hi")).toHaveLength(1);
});
