/** Prompts, as a client asks for them. */
import { expect, test } from "@jest/globals";
import { type Contact, samples } from "../../../src/api/index.ts";
import { ExtensionUnavailableError } from "../../../src/client/errors/index.ts";
import { envelope, scripted } from "../session.ts";
import { conversationId, serve } from "./inbox.ts";

const textOf = async (session: Awaited<ReturnType<typeof serve>>, name: string, args: Record<string, string> = {}) => {
  const { messages } = await session.client.getPrompt({ name, arguments: args });
  expect(messages).toHaveLength(1);
  return (messages[0] as { content: { text: string } }).content.text;
};

test("three prompts are offered, and none whose tools the operator has taken away", async () => {
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

test("reply_to_customer brings the conversation, fenced, behind the person's request", async () => {
  await using session = await serve();
  const text = await textOf(session, "reply_to_customer", { conversationId, goal: "offer\na refund" });
  expect(text).toMatch(
    /^Draft my reply to the customer in conversation "whatsapp:\+971500000000"\.\nWhat I want to reach: "offer a refund"\./,
  );
  expect(text).toContain("wait for my word before you send");
  expect(text).toMatch(/<(customer-[a-z0-9]{8})>Where is my order\?<\/\1>/);
});

test("where nothing can be sent, a prompt asks for the text alone", async () => {
  for (const safety of [{ readOnly: true }, { send: "off" as const }]) {
    await using session = await serve({ safety });
    const text = await textOf(session, "reply_to_customer", { conversationId });
    expect(text).toContain("Nothing can be sent through this server");
    expect(text).not.toContain("send_template");
  }
});

test("follow_up_leads brings the contacts with the tag, in any case, of the 500 that are read", async () => {
  const contacts: Contact[] = Array.from({ length: 700 }, (_, index) => ({
    ...samples.contact,
    id: `contact_${index}`,
    tags: index === 3 ? ["Expo"] : index === 650 ? ["expo"] : ["lead"],
  }));
  let requests = 0;
  const list = async ({ cursor = "0" }: { cursor?: string | undefined } = {}) => {
    requests++;
    const end = Number(cursor) + 100;
    return { data: contacts.slice(Number(cursor), end), nextCursor: end < 700 ? String(end) : null, ...envelope };
  };
  await using session = await serve({ onsync: scripted({ contacts: { list } }) });
  const text = await textOf(session, "follow_up_leads", { tag: " expo " });
  expect(text).toContain("contact_3,");
  expect(text).not.toContain("contact_650");
  expect(text).toContain("there are older ones");
  // 500 of them are five requests.
  expect(requests).toBe(5);
  expect(await textOf(session, "follow_up_leads", { tag: "nobody" })).toContain("No contact found.");
});

test("follow_up_leads says whom to ask where contacts cannot be listed", async () => {
  const list = async (): Promise<never> => {
    throw new ExtensionUnavailableError("no list", {
      status: 404,
      code: "unknown_endpoint",
      method: "GET",
      path: "/contacts",
      requestId: "req_1",
    } as never);
  };
  await using session = await serve({ onsync: scripted({ contacts: { list } }) });
  expect(await textOf(session, "follow_up_leads", { tag: "lead" })).toContain("get_contact");
});

test("triage_inbox brings the conversations of one platform that wait, assigned ones too, and none that was answered", async () => {
  const at = "2024-12-01T11:00:00.000Z";
  const waiting = {
    ...samples.assignedConversation,
    status: "assigned",
    lastMessageAt: at,
    lastInboundAt: at,
  } as const;
  const answered = { ...waiting, id: "whatsapp:+971500000009", lastInboundAt: "2024-12-01T09:00:00.000Z" };
  const asked: unknown[] = [];
  const list = async (query: unknown) => {
    asked.push(query);
    return { data: [answered, waiting], nextCursor: null, ...envelope };
  };
  await using session = await serve({ onsync: scripted({ conversations: { list } }) });
  const text = await textOf(session, "triage_inbox", { platform: "WhatsApp" });
  expect(text).toContain("1 conversation, who waits longest first");
  expect(text).not.toContain(answered.id);
  expect(asked).toEqual([{ platform: "whatsapp", limit: 100 }]);
});

test.each([
  ["a missing argument", "reply_to_customer", {}, "needs conversationId"],
  ["an unknown one", "triage_inbox", { status: "open" }, 'has no argument "status". Its arguments: platform.'],
  ["an unknown prompt", "nothing", {}, "There are: reply_to_customer"],
])("%s is refused, and the answer says what there is", async (_what, name, args, words) => {
  await using session = await serve();
  await expect(session.client.getPrompt({ name, arguments: args as Record<string, string> })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining(words),
  });
});
