/** Sends under a reference of the caller's: they may be made again. */
import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type Message, type MessageInput, type SendOptions } from "../../../src/client/index.ts";
import {
  html,
  json,
  networkError,
  never,
  refused,
  rejection,
  type Step,
  scriptedOnSync,
} from "../../../testing/scripted.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const post = "POST /v1/messaging/send";
const look = "GET /v1/conversations/whatsapp%3A%2B971500000000/messages?limit=100";

function message(id: string, clientReference?: string, createdAt = "2024-12-01T10:00:00.000Z"): Message {
  return {
    id,
    conversationId: "whatsapp:+971500000000",
    type: "text",
    direction: "outbound",
    content: "Hi",
    metadata: { clientReference },
    createdAt,
  };
}

const sent = json(201, message("msg_sent", "order-17"));

function history(...data: Message[]) {
  return json(200, { data, nextBefore: null });
}

const empty = history();

async function send(steps: Step[], input: MessageInput, options?: SendOptions) {
  const script = scriptedOnSync(steps);
  const outcome = await script.onsync.messages.send(input, options).catch((error: unknown) => error);
  return { ...script, outcome };
}

describe("a reference of the caller's", () => {
  const options = { clientReference: "order-17" };
  const already = history(message("msg_1", "order-17", "2024-11-01T10:00:00.000Z"));

  test.each([
    ["option", text, options],
    ["metadata", { ...text, metadata: { clientReference: "order-17" } }, undefined],
    ["both", { ...text, metadata: { clientReference: "order-17" } }, options],
  ])("by %s: the message that has it is the answer, however old, and nothing is sent", async (_what, input, given) => {
    const { outcome, lines } = await send([already], input, given);
    expect(outcome).toMatchObject({ id: "msg_1", alreadySent: true });
    expect(lines()).toEqual([look]);
  });

  test.each([
    ["an empty history", empty],
    ["no conversation yet", refused(404, "not_found")],
    ["other messages", history(message("msg_1", "order-16"), message("msg_2"))],
  ])("is sent with it after %s", async (_what, step) => {
    const { outcome, lines, requests } = await send([step, sent], text, options);
    expect(outcome).toMatchObject({ id: "msg_sent" });
    expect(lines()).toEqual([look, post]);
    expect(JSON.parse(requests[1]?.body ?? "").metadata).toEqual(options);
  });

  test("without read:messages nothing is sent, and the advice says what to grant", async () => {
    const { outcome, lines } = await send([refused(403, "insufficient_scope")], text, options);
    expect(outcome).toMatchObject({
      name: "PermissionError",
      scope: "read:messages",
      outcome: "not_sent",
      requestId: "req_1",
    });
    expect((outcome as Error & { advice: string }).advice).toContain("grant the key read:messages");
    expect(lines()).toEqual([look]);
  });

  test("when the history cannot be read nothing is sent, and whether it was before is open", async () => {
    const { outcome, lines } = await send([html(502), html(502), html(502), html(502)], text, options);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("nothing was sent now, and it may have been before"),
      cause: { name: "ServerError", status: 502 },
    });
    expect(lines()).toEqual([look, look, look, look]);
  });

  test("sends at the same time go one after the other, and the later ones find the first", async () => {
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(1_000);
        return sent;
      },
    ]);
    const replays = await Promise.all([1, 2, 3].map(() => onsync.messages.send(text, options)));
    expect(replays.map(({ id, alreadySent }) => [id, alreadySent])).toEqual([
      ["msg_sent", undefined],
      ["msg_sent", true],
      ["msg_sent", true],
    ]);
    expect(lines()).toEqual([look, post]);
  });

  test("a send that gives up waiting for its turn cannot tell what becomes of the first, and lets nobody overtake it", async () => {
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(5_000);
        return sent;
      },
    ]);
    const startedAt = clock.now();
    const first = onsync.messages.send(text, options);
    const hasty = rejection(onsync.messages.send(text, { ...options, deadlineMs: 1_000 }));
    const aborted = rejection(onsync.messages.send(text, { ...options, signal: AbortSignal.abort("enough") }));
    const last = onsync.messages.send(text, options);
    expect(await hasty).toMatchObject({ name: "UnknownOutcomeError", outcome: "unknown" });
    expect(clock.now() - startedAt).toBe(2_000);
    expect(await aborted).toBe("enough");
    expect([(await first).id, (await last).id]).toEqual(["msg_sent", "msg_sent"]);
    expect(lines()).toEqual([look, post]);
  });

  test("sends under other references do not wait", async () => {
    const other = json(201, message("msg_other", "order-18"));
    const { onsync, lines } = scriptedOnSync([empty, empty, never, other]);
    const waiting = rejection(onsync.messages.send(text, options));
    await onsync.messages.send(text, { clientReference: "order-18" });
    expect(lines().slice(0, 4)).toEqual([look, look, post, post]);
    await waiting;
  });

  test.each<[string, unknown, unknown, string]>([
    ["an empty option", "", undefined, "clientReference must not be blank"],
    ["a blank option", " \t", undefined, "clientReference must not be blank"],
    ["an option that is a number", 7, undefined, "clientReference must be a text, not a number"],
    ["more than 200 characters", "é".repeat(201), undefined, "clientReference must be at most 200 characters"],
    ["half a surrogate pair", "order-\ud83d", undefined, "clientReference must be well-formed"],
    ["empty in metadata", undefined, "", "metadata.clientReference must not be blank"],
    ["blank in metadata", undefined, " ", "metadata.clientReference must not be blank"],
    ["a number in metadata", undefined, 7, "metadata.clientReference must be a text, not a number"],
    ["null in metadata", undefined, null, "metadata.clientReference must be a text, not null"],
    ["two that differ", "order-17", "order-18", "clientReference differs from metadata.clientReference"],
    ["two that differ by white space", "order-17", "order-17 ", "clientReference differs"],
  ])("one that cannot be is refused before any request: %s", async (_what, option, inMetadata, expected) => {
    const input = inMetadata === undefined ? text : { ...text, metadata: { clientReference: inMetadata } };
    const { outcome, lines } = await send([], input, { clientReference: option as string });
    expect(outcome).toMatchObject({ name: "ValidationError", outcome: "not_sent" });
    expect((outcome as Error).message).toContain(expected);
    expect(lines()).toEqual([]);
  });

  test.each(["é".repeat(200), " order-17", "🙂".repeat(200)])(
    "is sent exactly as it was given: %j",
    async (clientReference) => {
      const { requests } = await send([empty, json(201, message("msg_1", clientReference))], text, { clientReference });
      expect(JSON.parse(requests[1]?.body ?? "").metadata).toEqual({ clientReference });
    },
  );
});

describe("one reference, another message", () => {
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
  ])("another %s is an error that names the message it belongs to", async (_what, first, second) => {
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
  ])("so it is where only the history knows of it: %s", async (_what, there, input) => {
    const { outcome, lines } = await send([history(there)], input, options);
    expect(outcome).toMatchObject(conflict);
    expect(lines()).toEqual([look]);
  });

  test.each<[string, string, string]>([
    ["white space", "Hi  there\n", "Hi there"],
    ["the form of an accent", "Cafe\u0301", "Café"],
  ])("a server that writes %s otherwise still shows the same message", async (_what, content, shown) => {
    const there = { ...message("msg_1", "order-17"), content: shown };
    const { outcome } = await send([history(there)], { ...text, content }, options);
    expect(outcome).toMatchObject({ id: "msg_1", alreadySent: true });
  });

  test("so it is while the other is being sent, or open, and then it names no message", async () => {
    const lost = networkError("ECONNRESET");
    const { onsync, lines } = scriptedOnSync([empty, lost, empty, empty, empty, empty, empty]);
    const first = rejection(onsync.messages.send(text, options));
    const another = () => rejection(onsync.messages.send({ ...text, content: "Shipped" }, options));
    expect(await another()).toMatchObject({ ...conflict, messageId: null });
    expect(await first).toMatchObject({ name: "UnknownOutcomeError" });
    expect(await another()).toMatchObject({ ...conflict, messageId: null });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("it stays a conflict where an event of the other message closes the claim meanwhile", async () => {
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

  test("after a refusal the reference is free for a corrected message", async () => {
    const { onsync, lines } = scriptedOnSync([empty, refused(400, "validation_failed"), empty, sent]);
    await rejection(onsync.messages.send({ ...text, content: "Hi?" }, options));
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_sent" });
    expect(lines()).toEqual([look, post, look, post]);
  });
});

describe("while the outcome of the first is open", () => {
  const options = { clientReference: "order-17" };
  const lost = networkError("ECONNRESET");
  const settling = [empty, empty, empty, empty, empty];
  const other = history(message("msg_0", "order-16"));

  test("a replay sends nothing, and gets the same outcome, until the grace is over", async () => {
    const { onsync, clock, lines } = scriptedOnSync([other, lost, ...settling, other, other, other, sent]);
    await rejection(onsync.messages.send(text, options));
    await clock.sleep(1_000);
    const again = { name: "UnknownOutcomeError", outcome: "unknown", message: expect.stringContaining("is open") };
    expect(await rejection(onsync.messages.send(text, options))).toMatchObject(again);
    await clock.sleep(4.5 * 60_000);
    expect(await rejection(onsync.messages.send(text, options))).toMatchObject(again);
    await clock.sleep(90_000);
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_sent" });
    expect(lines().filter((line) => line === post)).toHaveLength(2);
  });

  test("two at once: the second gets the outcome of the first", async () => {
    const { onsync, lines } = scriptedOnSync([other, lost, ...settling, other]);
    const both = [1, 2].map(() => rejection(onsync.messages.send(text, options)));
    expect(await Promise.all(both)).toMatchObject([{ outcome: "unknown" }, { outcome: "unknown" }]);
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("a replay that finds it says that it was sent already", async () => {
    const late = history(message("msg_late", "order-17"));
    const { onsync, lines } = scriptedOnSync([other, lost, ...settling, late]);
    await rejection(onsync.messages.send(text, options));
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_late", alreadySent: true });
    expect(await onsync.messages.send(text, options)).toMatchObject({ id: "msg_late", alreadySent: true });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test.each<[string, Step]>([
    ["a conversation id that OnSync never confirmed", refused(404, "not_found")],
    ["an empty history under such an id", empty],
    ["a framework's 404", { status: 404, headers: {}, text: '{"statusCode":404,"error":"Not Found"}' }],
    ["a history that leaves metadata out", history({ ...message("msg_0"), metadata: undefined })],
    ["a history that takes references out", history({ ...message("msg_0"), metadata: { source: "api" } })],
  ])("absence is not concluded from %s, however late", async (_what, answer) => {
    const { onsync, clock, lines } = scriptedOnSync([answer, lost, ...Array.from({ length: 6 }, () => answer)]);
    const first = rejection(onsync.messages.send(text, options));
    await first;
    await clock.sleep(3_600_000);
    const again = await rejection(onsync.messages.send(text, options));
    expect(["unknown", "not_sent"]).toContain((again as { outcome: string }).outcome);
    expect(lines().filter((line) => line === post).length).toBeLessThanOrEqual(1);
  });

  test("a conversation id of another form is learned from a 201, told, and looked under", async () => {
    const drift: unknown[] = [];
    const digits = { conversationId: "whatsapp:971500000000" };
    const under = "GET /v1/conversations/whatsapp%3A971500000000/messages?limit=100";
    const late = history({ ...message("msg_2", "order-18"), ...digits });
    const { onsync, lines } = scriptedOnSync(
      [refused(404, "not_found"), json(201, { ...message("msg_1", "order-17"), ...digits }), late],
      { onDrift: (event) => drift.push(event) },
    );
    await onsync.messages.send(text, options);
    expect(drift).toMatchObject([{ endpoint: "sendMessage", issues: [{ path: ["conversationId"] }] }]);
    expect(await onsync.messages.send(text, { clientReference: "order-18" })).toMatchObject({ id: "msg_2" });
    expect(lines()).toEqual([look, post, under]);
  });

  test("under a guess that was contradicted, a 404 proves nothing: without a ledger that lasts, nothing is sent", async () => {
    const elsewhere = json(201, { ...message("msg_1", "order-17"), conversationId: "conv_1" });
    const { onsync, lines } = scriptedOnSync([refused(404, "not_found"), elsewhere, refused(404, "not_found")]);
    await onsync.messages.send(text, options);
    const next = rejection(onsync.messages.send({ ...text, to: "+971500000001" }, { clientReference: "order-18" }));
    expect(await next).toMatchObject({ name: "UnknownOutcomeError" });
    expect(lines().filter((line) => line === post)).toHaveLength(1);
  });

  test("a history that refuses a hundred is asked for fifty, and from then on", async () => {
    const page50 = look.replace("100", "50");
    const { onsync, lines } = scriptedOnSync([refused(400, "validation_failed"), other, sent, other, sent]);
    await onsync.messages.send(text, options);
    await rejection(onsync.messages.send(text, { clientReference: "order-18" }));
    expect(lines().slice(0, 4)).toEqual([look, page50, post, page50]);
  });

  test("it looks back a thousand messages, whatever the pages hold", async () => {
    const at = (index: number) => new Date(Date.parse("2024-12-01T10:00:00.000Z") - index * 1000).toISOString();
    const page = (from: number) => {
      const data = Array.from({ length: 20 }, (_, index) =>
        message(`msg_${from + index}`, `x${from + index}`, at(from + index)),
      );
      return json(200, { data, nextBefore: data.at(-1)?.createdAt });
    };
    const pages = Array.from({ length: 49 }, (_, index) => page(index * 20));
    const last = history(message("msg_found", "order-17", at(990)));
    const { outcome, lines } = await send([...pages, last], text, options);
    expect(outcome).toMatchObject({ id: "msg_found" });
    expect(lines()).toHaveLength(50);
  });
});
