/** A reference stands for one message. */
import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type Message, type MessageInput } from "../../../src/client/index.ts";
import { json, networkError, refused, rejection, scriptedOnSync } from "../../../testing/scripted.ts";
import { empty, history, look, message, post, send } from "../../../testing/scripted-send.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const sent = json(201, message("msg_sent", "order-17"));

describe("a reference that belongs to another message", () => {
  const options = { clientReference: "order-17" };
  const template = (name: string, value: string): MessageInput => ({
    platform: "whatsapp",
    to: text.to,
    messageType: "template",
    metadata: {
      template: { name, language: "en", components: [{ type: "body", parameters: [{ type: "text", text: value }] }] },
    },
  });
  const conflict = { name: "ReferenceConflictError", outcome: "not_sent", retryable: false, messageId: "msg_sent" };

  test.each<[string, MessageInput, MessageInput]>([
    ["text", text, { ...text, content: "Shipped" }],
    ["recipient", text, { ...text, to: "+971500000001" }],
    ["platform", text, { ...text, platform: "telegram" }],
    ["kind", text, template("shipped", "Sara")],
    ["template", template("confirmed", "Sara"), template("shipped", "Sara")],
    ["value of a template", template("confirmed", "Sara"), template("confirmed", "Omar")],
  ])("is a ReferenceConflictError that names that message: another %s", async (_what, first, second) => {
    const { onsync, lines } = scriptedOnSync([empty, sent]);
    await onsync.messages.send(first, options);
    expect(await rejection(onsync.messages.send(second, options))).toMatchObject(conflict);
    expect(lines()).toEqual([look, post]);
  });

  test.each<[string, Message, MessageInput]>([
    ["another text", { ...message("msg_sent", "order-17"), content: "Shipped" }, text],
    [
      "another template",
      {
        ...message("msg_sent"),
        type: "template",
        content: null,
        metadata: { ...template("shipped", "Sara").metadata, ...options },
      },
      template("confirmed", "Sara"),
    ],
  ])("is a ReferenceConflictError where only the history knows that message: %s", async (_what, there, input) => {
    const { outcome, lines } = await send([history(there)], input, options);
    expect(outcome).toMatchObject(conflict);
    expect(lines()).toEqual([look]);
  });

  test.each<[string, string, string]>([
    ["white space", "Hi  there\n", "Hi there"],
    ["the form of an accent", "Cafe\u0301", "Café"],
  ])("is no conflict where the server only writes %s otherwise", async (_what, content, shown) => {
    const there = { ...message("msg_1", "order-17"), content: shown };
    const { outcome } = await send([history(there)], { ...text, content }, options);
    expect(outcome).toMatchObject({ id: "msg_1", alreadySent: true });
  });

  test("is a ReferenceConflictError without a message while that one is being sent, or open", async () => {
    const lost = networkError("ECONNRESET");
    const { onsync, lines } = scriptedOnSync([empty, lost, empty, empty, empty, empty, empty]);
    const first = rejection(onsync.messages.send(text, options));
    const another = () => rejection(onsync.messages.send({ ...text, content: "Shipped" }, options));
    expect(await another()).toMatchObject({ ...conflict, messageId: null });
    expect(await first).toMatchObject({ name: "UnknownOutcomeError" });
    expect(await another()).toMatchObject({ ...conflict, messageId: null });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("stays a ReferenceConflictError where an event of that message closes the claim meanwhile", async () => {
    const ledger = createMemoryLedger();
    const there = { ...message("msg_sent", "order-17"), content: "Shipped" };
    const sentElsewhere = { state: "sent", messageId: "msg_sent", conversationId: null, sentAt: null } as const;
    const { onsync } = scriptedOnSync(
      [
        async () => {
          await ledger.record({ scope: "https://api.example.com/v1", reference: "order-17" }, sentElsewhere);
          return history(there);
        },
      ],
      { ledger },
    );
    expect(await rejection(onsync.messages.send(text, options))).toMatchObject(conflict);
  });

  test("is free for a corrected message after a refusal", async () => {
    const { onsync, lines } = scriptedOnSync([empty, refused(400, "validation_failed"), empty, sent]);
    await rejection(onsync.messages.send({ ...text, content: "Hi?" }, options));
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_sent" });
    expect(lines()).toEqual([look, post, look, post]);
  });
});
