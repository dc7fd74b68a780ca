/** Resources, prompts and completion, as a client asks for them. */
import { describe, expect, test } from "@jest/globals";
import type { McpOptions } from "../../../mcp/index.ts";
import { createReference } from "../../../reference/index.ts";
import { type Contact, samples } from "../../../src/api/index.ts";
import { ExtensionUnavailableError, NotFoundError } from "../../../src/client/errors/index.ts";
import { createOnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { connect, envelope, scripted } from "../session.ts";

const conversationId = "whatsapp:+971500000000";

function now() {
  return Date.parse("2024-12-01T12:00:00.000Z");
}

const message = { ...samples.inboundMessage, content: "Where is my order?" };
const inbox = {
  messages: { list: async () => ({ data: [message], nextBefore: null, ...envelope }) },
  contacts: { get: async () => ({ ...samples.contactWithActivity, ...envelope }) },
  conversations: {
    list: async () => ({
      data: [
        samples.assignedConversation,
        { ...samples.assignedConversation, id: "telegram:77", contactId: "contact_2" },
      ],
      nextCursor: null,
      ...envelope,
    }),
  },
};

function serve(options: Partial<McpOptions> = {}) {
  return connect({ onsync: scripted(inbox), now, ...options });
}

describe("resources", () => {
  test("the guide is listed, contacts and conversations are templates", async () => {
    await using session = await serve();
    const { resources } = await session.client.listResources();
    expect(resources.map(({ uri, mimeType }) => [uri, mimeType])).toEqual([
      ["onsync://guide/whatsapp-window", "text/markdown"],
    ]);
    const { resourceTemplates } = await session.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "onsync://contacts/{id}",
      "onsync://conversations/{id}/messages",
    ]);
    const { contents } = await session.client.readResource({ uri: "onsync://guide/whatsapp-window" });
    expect(contents).toMatchObject([{ mimeType: "text/markdown", text: expect.stringContaining("send_template") }]);
  });

  test.each([
    ["as it is", `onsync://conversations/${conversationId}/messages`],
    ["percent-encoded", `onsync://conversations/${encodeURIComponent(conversationId)}/messages`],
  ])("a conversation's messages, its id %s, come fenced and with the window", async (_how, uri) => {
    const asked: string[] = [];
    const list = async (id: string) => {
      asked.push(id);
      return inbox.messages.list();
    };
    await using session = await serve({ onsync: scripted({ messages: { list } }) });
    const { contents } = await session.client.readResource({ uri });
    expect(asked).toEqual([conversationId]);
    expect(contents[0]?.uri).toBe(uri);
    const { text } = contents[0] as { text: string };
    expect(text).toMatch(
      /^Text inside (customer-[a-z0-9]{8}) tags was written by customers[\s\S]*<\1>Where is my order\?<\/\1>/,
    );
    expect(text).toContain("WhatsApp window open until");
  });

  test("what masks tools masks resources", async () => {
    await using session = await serve({ safety: { redactPii: true } });
    const { contents } = await session.client.readResource({ uri: "onsync://contacts/contact_1" });
    const { text } = contents[0] as { text: string };
    expect(text).toContain(samples.contact.id);
    expect(text).not.toContain("+971500000000");
    expect(text).not.toContain("sara@example.com");
  });

  test.each([
    "onsync://contacts/",
    "onsync://contacts/a/b",
    "onsync://contacts/%E0%A4",
    "onsync://other/1",
    "file:///etc/passwd",
  ])("%s is not there, and what is there is said", async (uri) => {
    await using session = await serve();
    await expect(session.client.readResource({ uri })).rejects.toMatchObject({
      code: -32002,
      message: expect.stringContaining("onsync://conversations/{id}/messages"),
    });
  });

  test("a contact that is not there is told as its tool tells it", async () => {
    const get = async () => {
      throw new NotFoundError("no", {
        status: 404,
        code: "not_found",
        method: "GET",
        path: "/contacts/x",
        requestId: "req_9",
      });
    };
    await using session = await serve({ onsync: scripted({ contacts: { get } }) });
    await expect(session.client.readResource({ uri: "onsync://contacts/x" })).rejects.toMatchObject({
      code: -32002,
      message: expect.stringContaining("find_contacts"),
    });
  });

  test("what the operator does not offer is no resource either", async () => {
    await using session = await serve({ safety: { toolsets: ["contacts"] } });
    const { resourceTemplates } = await session.client.listResourceTemplates();
    expect(resourceTemplates.map(({ name }) => name)).toEqual(["contact"]);
    const uri = `onsync://conversations/${conversationId}/messages`;
    await expect(session.client.readResource({ uri })).rejects.toMatchObject({
      message: expect.stringContaining("operator"),
    });
  });
});

describe("prompts", () => {
  const textOf = async (
    session: Awaited<ReturnType<typeof serve>>,
    name: string,
    args: Record<string, string> = {},
  ) => {
    const { messages } = await session.client.getPrompt({ name, arguments: args });
    expect(messages).toHaveLength(1);
    return (messages[0] as { content: { text: string } }).content.text;
  };

  test("three are offered; without their tools they are not", async () => {
    await using session = await serve();
    const { prompts } = await session.client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["reply_to_customer", "follow_up_leads", "triage_inbox"]);
    expect(prompts[0]?.arguments).toMatchObject([
      { name: "conversationId", required: true },
      { name: "goal", required: false },
    ]);
    await using restricted = await serve({ safety: { toolsets: ["contacts"] } });
    expect((await restricted.client.listPrompts()).prompts).toEqual([]);
    await expect(restricted.client.getPrompt({ name: "triage_inbox" })).rejects.toMatchObject({ code: -32602 });
  });

  test("reply: the conversation is fenced behind the person's request", async () => {
    await using session = await serve();
    const text = await textOf(session, "reply_to_customer", { conversationId, goal: "offer\na refund" });
    expect(text).toMatch(
      /^Draft my reply to the customer in conversation "whatsapp:\+971500000000"\.\nWhat I want to reach: "offer a refund"\./,
    );
    expect(text).toContain("wait for my word before you send");
    expect(text).toMatch(/<(customer-[a-z0-9]{8})>Where is my order\?<\/\1>/);
  });

  test("where nothing can be sent, it is asked for the text alone", async () => {
    for (const safety of [{ readOnly: true }, { send: "off" as const }]) {
      await using session = await serve({ safety });
      const text = await textOf(session, "reply_to_customer", { conversationId });
      expect(text).toContain("Nothing can be sent through this server");
      expect(text).not.toContain("send_template");
    }
  });

  test("follow up: the contacts with the tag, in any case, as far as they are read", async () => {
    const contacts: Contact[] = Array.from({ length: 700 }, (_, index) => ({
      ...samples.contact,
      id: `contact_${index}`,
      tags: index === 3 ? ["Expo"] : index === 650 ? ["expo"] : ["lead"],
    }));
    let read = 0;
    async function* iterate(query?: object) {
      // 500 of them are five requests.
      expect(query).toEqual({ limit: 100 });
      for (const contact of contacts) {
        read++;
        yield contact;
      }
    }
    await using session = await serve({ onsync: scripted({ contacts: { iterate } }) });
    const text = await textOf(session, "follow_up_leads", { tag: " expo " });
    expect(text).toContain("contact_3,");
    expect(text).not.toContain("contact_650");
    expect(text).toContain("There may be more");
    expect(read).toBeLessThanOrEqual(501);
    expect(await textOf(session, "follow_up_leads", { tag: "nobody" })).toContain("No contact carries the tag.");
  });

  test("follow up without contact list says whom to ask", async () => {
    async function* iterate(): AsyncGenerator<Contact> {
      yield* [];
      throw new ExtensionUnavailableError("no list", {
        status: 404,
        code: "unknown_endpoint",
        method: "GET",
        path: "/contacts",
        requestId: "req_1",
      } as never);
    }
    await using session = await serve({ onsync: scripted({ contacts: { iterate } }) });
    expect(await textOf(session, "follow_up_leads", { tag: "lead" })).toContain("Ask the person you work for");
  });

  test("triage: the open conversations of one platform", async () => {
    const asked: unknown[] = [];
    const list = async (query: unknown) => {
      asked.push(query);
      return inbox.conversations.list();
    };
    await using session = await serve({ onsync: scripted({ conversations: { list } }) });
    expect(await textOf(session, "triage_inbox", { platform: "WhatsApp" })).toContain("2 conversations");
    expect(asked).toMatchObject([{ status: "open", platform: "whatsapp" }]);
  });

  test.each([
    ["a missing argument", "reply_to_customer", {}, "needs conversationId"],
    ["an unknown one", "triage_inbox", { status: "open" }, 'has no argument "status". Its arguments: platform.'],
    ["an unknown prompt", "nothing", {}, "There are: reply_to_customer"],
  ])("%s is named", async (_what, name, args, words) => {
    await using session = await serve();
    await expect(session.client.getPrompt({ name, arguments: args as Record<string, string> })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining(words),
    });
  });
});

describe("completion", () => {
  const template = (uri: string) => ({ type: "ref/resource" as const, uri });
  const messages = template("onsync://conversations/{id}/messages");
  const contact = template("onsync://contacts/{id}");

  test("of conversations by any part of their address, of contacts by their ids, with one request a minute", async () => {
    let asked = 0;
    let time = now();
    const list = async () => {
      asked++;
      return inbox.conversations.list();
    };
    await using session = await serve({ onsync: scripted({ conversations: { list } }), now: () => time });
    const complete = async (ref: typeof messages | { type: "ref/prompt"; name: string }, value: string, name = "id") =>
      (await session.client.complete({ ref, argument: { name, value } })).completion.values;
    expect(await complete(messages, "")).toEqual([samples.assignedConversation.id, "telegram:77"]);
    expect(await complete(messages, "TELE")).toEqual(["telegram:77"]);
    expect(await complete(messages, "77")).toEqual(["telegram:77"]);
    expect(await complete(contact, "contact_2")).toEqual(["contact_2"]);
    expect(await complete({ type: "ref/prompt", name: "reply_to_customer" }, "tele", "conversationId")).toEqual([
      "telegram:77",
    ]);
    expect(await complete({ type: "ref/prompt", name: "reply_to_customer" }, "tele", "goal")).toEqual([]);
    expect(await complete(messages, "x", "other")).toEqual([]);
    expect(await complete(template("onsync://none/{id}"), "")).toEqual([]);
    expect(asked).toBe(1);
    time += 60_000;
    await complete(messages, "");
    expect(asked).toBe(2);
  });

  test("of a contact by the words of its name", async () => {
    const reference = createReference();
    const onsync = createOnSync({
      apiKey: reference.key,
      baseUrl: "http://127.0.0.1/v1",
      transport: fetchTransport((request) => reference.fetch(request)),
    });
    const saved = await onsync.contacts.save({ firstName: "Sara", phone: "+971500000000" });
    await using session = await serve({ onsync });
    const { completion } = await session.client.complete({ ref: contact, argument: { name: "id", value: "sar" } });
    expect(completion.values).toEqual([saved.id]);
    await reference.close();
  });

  test("where the list is not there, nothing is offered", async () => {
    const list = async () => {
      throw new NotFoundError("no", { status: 404, code: "not_found", method: "GET", path: "/", requestId: "r" });
    };
    await using session = await serve({ onsync: scripted({ conversations: { list } }) });
    const { completion } = await session.client.complete({ ref: messages, argument: { name: "id", value: "" } });
    expect(completion).toEqual({ values: [], total: 0, hasMore: false });
  });
});
