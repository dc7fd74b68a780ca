/** Masked phones and e-mails, and conversations that can be read on all the same. */
import { describe, expect, test } from "@jest/globals";
import { createMasking } from "../../../mcp/safety/pii.ts";
import { eventTypes, sampleEvent, samples } from "../../../src/api/index.ts";
import { DuplicateError, NotFoundError, UnknownOutcomeError } from "../../../src/client/errors/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { connect, envelope, scripted } from "../session.ts";

test("a conversation that a text names is sealed in it, so that it can be read on", () => {
  const masking = createMasking("secret");
  const text = masking.maskText("list_messages with conversationId telegram:482910377: see whether it is there.");
  const id = /telegram:~[\w-]+/.exec(text)?.[0] as string;
  expect(masking.unmaskId(id)).toBe("telegram:482910377");
  expect(text).not.toContain("482910377");
  expect(masking.maskText(text)).toBe(text);
});

test("of a webhook's address the path, which may hold a token, is masked", async () => {
  const url = "https://hooks.example.com/services/T0/B1/xoxb-s3cr3t?token=abc#frag";
  expect(createMasking().maskUrl(url)).toBe("https://hooks.example.com/[path ..]");
  expect(createMasking().maskUrl("https://hooks.example.com/")).toBe("https://hooks.example.com");
  await using session = await connect({
    safety: { redactPii: true, toolsets: ["webhooks"] },
    onsync: scripted({ webhooks: { list: async () => ({ data: [{ ...samples.webhook, url }], ...envelope }) } }),
  });
  const answer = await session.call("list_webhooks", {});
  expect(answer.text).toContain("https://hooks.example.com/[path ..]");
  expect(JSON.stringify(answer)).not.toMatch(/xoxb|token=/);
});

test.each([
  "whatsapp:+971500000042",
  "telegram:482910377",
  "telegram:77",
  "instagram:sara.h",
  "facebook:<sara@example.com>",
])("the address of a conversation is sealed on every platform, and opens again: %s", async (conversationId) => {
  const [platform, address = ""] = conversationId.split(":");
  const asked: string[] = [];
  await using session = await connect({
    safety: { redactPii: true },
    onsync: scripted({
      conversations: {
        list: async () => ({
          data: [{ ...samples.assignedConversation, id: conversationId }] as never,
          nextCursor: null,
          ...envelope,
        }),
      },
      contacts: {
        get: async () => ({
          ...samples.contactWithActivity,
          activity: { ...samples.contactWithActivity.activity, conversationIds: [conversationId] },
          ...envelope,
        }),
      },
      messages: {
        list: async (id) => {
          asked.push(id);
          return { data: [{ ...samples.inboundMessage, conversationId: id }], nextBefore: null, ...envelope };
        },
        send: async ({ to }) => {
          asked.push(`${platform}:${to}`);
          return { ...samples.sentMessage, platform: platform as "telegram", to, conversationId, ...envelope };
        },
      },
    }),
  });
  const { data } = await session.call("list_conversations", { detail: "full" });
  const id: string = data.data[0].id;
  // The list itself reads what was said last.
  asked.length = 0;
  const answers = [
    data,
    await session.call("get_contact", { contactId: "contact_1", detail: "full" }),
    await session.call("list_messages", { conversationId: id, detail: "full" }),
    await session.call("send_message", { platform, to: id.slice(`${platform}:`.length), content: "Hi" }),
  ];
  expect(asked).toEqual(Array(2).fill(conversationId));
  for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(address.length > 2 ? address : ":77");
});

describe("sealed addresses", () => {
  const masking = createMasking("secret");

  test("a sealed address opens to what it was, and is the same each time", () => {
    const sealed = masking.maskId("whatsapp:+971500000000");
    expect(sealed).toMatch(/^whatsapp:~[\w-]+$/);
    expect(sealed).not.toContain("971500000000");
    expect(masking.maskId("whatsapp:+971500000000")).toBe(sealed);
    expect(masking.unmaskId(sealed)).toBe("whatsapp:+971500000000");
    expect(masking.unmaskId(sealed.slice("whatsapp:".length))).toBe("+971500000000");
    expect(createMasking("secret").unmaskId(sealed)).toBe("whatsapp:+971500000000");
  });

  test("a seal that was made up, altered or made by another server stays shut", () => {
    const sealed = masking.maskId("whatsapp:+971500000000");
    const altered = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`;
    for (const id of [altered, "whatsapp:~", "whatsapp:~abc", "telegram:77"]) expect(masking.unmaskId(id)).toBe(id);
    expect(createMasking("other").unmaskId(sealed)).toBe(sealed);
    expect(createMasking().unmaskId(sealed)).toBe(sealed);
  });

  test("ids that are no addresses stay as they are", () => {
    for (const id of ["contact_01JGDNWSW9", "contact_1", "msg_971500000000", "2024-12-01T10:00:00.000Z"])
      expect(masking.maskId(id)).toBe(id);
  });
});

test("no phone and no e-mail leaves in any answer, and the conversation can be read by the id that was answered", async () => {
  const asked: string[] = [];
  const secrets = /971500000000|500 000 000|sara@example\.com/;
  const contact = {
    ...samples.contactWithActivity,
    properties: { source: "call +971 500 000 000", phone2: 971500000000 },
  };
  const message = { ...samples.inboundMessage, content: `I am sara@example.com, +971 500 000 000. ${"x".repeat(700)}` };
  await using session = await connect({
    safety: { readOnly: true, redactPii: true },
    onsync: scripted({
      contacts: {
        get: async () => ({ ...contact, ...envelope }),
        list: async () => ({ data: [contact], nextCursor: null, ...envelope }),
      },
      conversations: { list: async () => ({ data: [samples.assignedConversation], nextCursor: null, ...envelope }) },
      messages: {
        list: async (conversationId) => {
          asked.push(conversationId);
          if (asked.length > 2)
            throw new NotFoundError("none", { status: 404, code: "not_found", method: "GET", path: "/x" });
          return { data: [message, samples.deliveredMessage], nextBefore: null, ...envelope };
        },
      },
    }),
  });
  const listed = await session.call("list_conversations", { detail: "full" });
  const conversationId = listed.data.data[0].id;
  // The list itself reads what was said last.
  asked.length = 0;
  const answers = [
    listed,
    await session.call("find_contacts", { phone: "+971500000000", detail: "full" }),
    await session.call("get_contact", { contactId: "contact_1", detail: "full" }),
    await session.call("list_messages", { conversationId, detail: "full" }),
    await session.call("list_messages", { conversationId }),
    await session.call("check_messaging_window", { conversationId }),
  ];
  expect(asked).toEqual(Array(3).fill("whatsapp:+971500000000"));
  for (const answer of answers) {
    expect(JSON.stringify(answer)).not.toMatch(secrets);
  }
  expect(answers[1]?.data.data[0]).toMatchObject({ phone: "[phone ..00]", email: "[email s..]" });
});

test("no phone and no e-mail leaves in the answer to a write, an error or an event", async () => {
  const secrets = /971500000000|sara@example\.com/;
  const events = createEventLog();
  await using session = await connect({
    events,
    safety: { redactPii: true },
    onsync: scripted({
      contacts: {
        save: async () => ({ ...samples.contact, ...envelope, created: true }),
        update: async () => {
          const api = {
            status: 409,
            code: "duplicate",
            method: "PATCH",
            path: "/contacts/x",
            contactIds: ["contact_2"],
          };
          throw new DuplicateError("sara@example.com and +971500000000 belong to another contact", api);
        },
      },
      messages: {
        send: async (input) => {
          if ("content" in input && input.content === "lost")
            throw new UnknownOutcomeError("?", { clientReference: "r", conversationId: `whatsapp:${input.to}` });
          return { ...samples.sentMessage, ...envelope };
        },
      },
    }),
  });
  const { data } = await session.call("wait_for_events", { timeoutSeconds: 0 });
  for (const type of eventTypes) events.append({ ...sampleEvent(type), id: `evt_${type}` });
  const text = { platform: "whatsapp", to: "+971500000000" };
  const answers = [
    await session.call("save_contact", { phone: "+971500000000" }),
    await session.call("update_contact", { contactId: "contact_1", firstName: "Sara" }),
    await session.call("send_message", { ...text, content: "Hi" }),
    await session.call("send_message", { ...text, content: "lost" }),
    await session.call("wait_for_events", { cursor: data.cursor, detail: "full" }),
  ];
  expect(answers.map(({ isError }) => isError)).toEqual([false, true, false, true, false]);
  for (const answer of answers) expect(JSON.stringify(answer)).not.toMatch(secrets);
});

test("a preview shows no number that came sealed", async () => {
  const options = { safety: { redactPii: true, send: "confirm", secret: "s" } as const };
  await using session = await connect({ onsync: scripted({}), ...options });
  const to = createMasking("s").maskId("whatsapp:+971500000000").slice("whatsapp:".length);
  const preview = await session.call("send_message", { platform: "whatsapp", to, content: "Hi" });
  expect(preview.isError).toBe(false);
  expect(JSON.stringify(preview)).not.toContain("971500000000");
});
