/** Conversations and their messages, against the reference API, with its extensions and without. */
import { describe, expect, test } from "@jest/globals";
import { messagingWindowMs } from "../../src/api/index.ts";
import { onsyncPair } from "../../testing/onsync-pair.ts";
import { conversationId, inbound, phone, run } from "./run-operation.ts";

describe.each([true, false])("with extensions: %s", (extensions) => {
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
    await control.clock({ advanceMs: messagingWindowMs });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId })).toMatchObject({
      open: false,
      requiresTemplate: true,
      secondsLeft: 0,
    });
    await expect(
      run(pair.onsync, "send_message", { platform: "whatsapp", to: phone, content: "Too late" }),
    ).rejects.toMatchObject({ name: "WindowClosedError" });
  });

  test("check_messaging_window finds the customer's message past a page of answers of our own", async () => {
    await using pair = await onsyncPair({ extensions });
    const { control } = pair.reference;
    await control.clock({ freeze: true });
    const { createdAt } = await control.inbound(inbound);
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
  });

  test("check_messaging_window: other platforms have no window", async () => {
    await using pair = await onsyncPair({ extensions });
    expect(await run(pair.onsync, "check_messaging_window", { conversationId: "telegram:sara" })).toMatchObject({
      open: true,
      requiresTemplate: false,
      expiresAt: null,
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

  test("find_messages in several conversations, a request each: by conversation, newest first, unknown ones left out", async () => {
    await using pair = await onsyncPair({ extensions });
    const { control } = pair.reference;
    const conversationIds = Array.from({ length: 12 }, (_, index) => `telegram:${100 + index}`);
    for (const [index, id] of conversationIds.entries())
      for (const content of ["What is the price?", index % 2 === 0 ? "The PRICE, please" : "Thanks"])
        await control.inbound({ platform: "telegram", from: id.slice("telegram:".length), content });
    const { data, complete, readBackTo } = await run(pair.onsync, "find_messages", {
      conversationIds: [...conversationIds, "telegram:999"],
      contains: "price",
    });
    const found = data.map((message: { conversationId: string; content: string }) => [
      message.conversationId,
      message.content,
    ]);
    expect(found).toEqual(
      conversationIds.flatMap((id, index) => [
        ...(index % 2 === 0 ? [[id, "The PRICE, please"]] : []),
        [id, "What is the price?"],
      ]),
    );
    expect([complete, readBackTo]).toEqual([true, null]);
    const first = await run(pair.onsync, "find_messages", { conversationIds, contains: "price", limit: 1 });
    expect(first.data).toHaveLength(12);
  });

  test("find_messages looks through a hundred messages of each of several, and says where there are more", async () => {
    await using pair = await onsyncPair({ extensions });
    for (let index = 0; index < 102; index++)
      await pair.reference.control.inbound({ platform: "telegram", from: "100", content: `No. ${index} of all` });
    const several = { conversationIds: ["telegram:100"] };
    expect(await run(pair.onsync, "find_messages", { ...several, contains: "No. 1 " })).toMatchObject({
      data: [],
      complete: false,
    });
    expect((await run(pair.onsync, "find_messages", { ...several, contains: "No. 2 " })).data).toHaveLength(1);
  });

  test.each([
    [{ conversationId, conversationIds: ["telegram:1"] }, "cannot be combined with conversationIds"],
    [{ conversationIds: [] }, "is missing"],
    [{}, "is missing"],
    [{ conversationIds: Array(31).fill("telegram:1") }, "30"],
  ])("find_messages with %j is refused: it %s", async (input, message) => {
    await using pair = await onsyncPair({ extensions });
    await expect(run(pair.onsync, "find_messages", { ...input, contains: "a" })).rejects.toThrow(message);
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
});
