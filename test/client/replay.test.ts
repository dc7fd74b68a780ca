/** Sends under a reference of the caller's: they may be made again. */
import { describe, expect, test } from "@jest/globals";
import type { Message, MessageInput, SendOptions } from "../../src/client/index.ts";
import { html, json, never, refused, rejection, type Step, scriptedOnSync } from "../support/scripted.ts";

const text = { platform: "whatsapp", to: "+971500000000", messageType: "text", content: "Hi" } satisfies MessageInput;
const post = "POST /v1/messaging/send";
const look = "GET /v1/conversations/whatsapp%3A%2B971500000000/messages?limit=100";

const message = (id: string, clientReference?: string, createdAt = "2024-12-01T10:00:00.000Z"): Message => ({
  id,
  conversationId: "whatsapp:+971500000000",
  type: "text",
  direction: "outbound",
  content: "Hi",
  metadata: { clientReference },
  createdAt,
});
const sent = json(201, message("msg_sent", "order-17"));
const history = (...data: Message[]) => json(200, { data, nextBefore: null });
const empty = history();

const send = async (steps: Step[], input: MessageInput, options?: SendOptions) => {
  const script = scriptedOnSync(steps);
  const outcome = await script.onsync.messages.send(input, options).catch((error: unknown) => error);
  return { ...script, outcome };
};

describe("a reference of the caller's", () => {
  const options = { clientReference: "order-17" };
  const already = history(message("msg_1", "order-17", "2024-11-01T10:00:00.000Z"));

  test.each([
    ["option", text, options],
    ["metadata", { ...text, metadata: { clientReference: "order-17" } }, undefined],
    ["option before metadata", { ...text, metadata: { clientReference: "order-16" } }, options],
  ])("by %s: the message that has it is the answer, however old, and nothing is sent", async (_what, input, given) => {
    const { outcome, lines } = await send([already], input, given);
    expect(outcome).toMatchObject({ id: "msg_1" });
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

  test("when the history cannot be read nothing is sent", async () => {
    const { outcome, lines } = await send([html(502), html(502), html(502), html(502)], text, options);
    expect(outcome).toMatchObject({ name: "ServerError", status: 502, outcome: "not_sent", retryable: true });
    expect(lines()).toEqual([look, look, look, look]);
  });

  test("sends at the same time go one after the other, and the later ones find the first", async () => {
    const found = history(message("msg_sent", "order-17"));
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(1_000);
        return sent;
      },
      found,
      found,
    ]);
    const replays = [1, 2, 3].map(() => onsync.messages.send(text, options));
    expect((await Promise.all(replays)).map(({ id }) => id)).toEqual(["msg_sent", "msg_sent", "msg_sent"]);
    expect(lines()).toEqual([look, post, look, look]);
  });

  test("a send that gives up waiting for its turn sent nothing, and lets nobody overtake the first", async () => {
    const { onsync, clock, lines } = scriptedOnSync([
      empty,
      async () => {
        await clock.sleep(5_000);
        return sent;
      },
      history(message("msg_sent", "order-17")),
    ]);
    const first = onsync.messages.send(text, options);
    const hasty = rejection(onsync.messages.send(text, { ...options, deadlineMs: 1_000 }));
    const aborted = rejection(onsync.messages.send(text, { ...options, signal: AbortSignal.abort("enough") }));
    const last = onsync.messages.send(text, options);
    expect(await hasty).toMatchObject({ name: "TimeoutError", sent: false, outcome: "not_sent" });
    expect(await aborted).toBe("enough");
    expect([(await first).id, (await last).id]).toEqual(["msg_sent", "msg_sent"]);
    expect(lines()).toEqual([look, post, look]);
  });

  test("sends under other references, or to others, do not wait", async () => {
    const { onsync, lines } = scriptedOnSync([empty, empty, never, sent, empty, sent]);
    const waiting = rejection(onsync.messages.send(text, options));
    await onsync.messages.send(text, { clientReference: "order-18" });
    await onsync.messages.send({ ...text, to: "+971500000001" }, options);
    expect(lines().slice(0, 4)).toEqual([look, look, post, post]);
    await waiting;
  });

  test("an empty one is refused", async () => {
    const { outcome } = await send([], text, { clientReference: "" });
    expect(outcome).toMatchObject({
      name: "ValidationError",
      details: [{ path: ["clientReference"] }],
      outcome: "not_sent",
    });
  });
});
