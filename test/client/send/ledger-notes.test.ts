/** What a send notes in the ledger, and what it takes from there. */
import { describe, expect, test } from "@jest/globals";
import { createMemoryLedger, type SendLedger } from "../../../src/client/index.ts";
import { createFingerprint } from "../../../src/client/send/reference.ts";
import { html, json, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";
import { empty, look, lost, message, post, send, text } from "../../../testing/scripted-send.ts";

const key = (reference: string) => ({ scope: "https://api.example.com/v1", reference });
const given = { clientReference: "order-17" };
const settling = Array<Step>(5).fill(empty);

describe("a send notes in the ledger", () => {
  test.each<[string, Step[], object]>([
    [
      "a refusal",
      [refused(400, "validation_failed")],
      { state: "not_sent", reason: "ValidationError 400 validation_failed" },
    ],
    ["a lost answer", [lost, ...settling], { state: "unknown", reason: "its answer was lost: ConnectionError" }],
    ["a server's failure", [refused(500, "internal_error"), ...settling], { state: "unknown", requestId: "req_1" }],
    ["its message", [json(201, message("msg_1"))], { state: "sent", messageId: "msg_1", requestId: "req_1" }],
  ])("%s", async (_what, steps, noted) => {
    const ledger = createMemoryLedger();
    await send(steps, text, undefined, { ledger });
    expect(await ledger.find(key("reference-1"))).toMatchObject(noted);
  });

  test("that it was given up before anything was sent", async () => {
    const ledger = createMemoryLedger();
    const controller = new AbortController();
    const { onsync, clock } = scriptedOnSync([refused(429, "rate_limited")], { ledger });
    const failed = rejection(onsync.messages.send(text, { signal: controller.signal }));
    await clock.sleep(100);
    controller.abort(new Error("enough"));
    expect(await failed).toMatchObject({ message: "enough" });
    expect(await ledger.find(key("reference-1"))).toMatchObject({ state: "not_sent", reason: "it was aborted" });
  });

  test("that it sent nothing where the history could not be read before: the reference is free", async () => {
    const ledger = createMemoryLedger();
    await send(Array<Step>(4).fill(html(502)), text, given, { ledger });
    const reason = "this call sent nothing, and could not tell what was sent before";
    expect(await ledger.find(key("order-17"))).toMatchObject({ state: "not_sent", reason });
  });
});

describe("a send takes from the ledger", () => {
  test("the message that an event has named meanwhile, where its answer is lost", async () => {
    const ledger = createMemoryLedger();
    const event = { state: "sent", messageId: "msg_event", conversationId: null, sentAt: null } as const;
    const closed: Step = () => {
      void ledger.record(key("reference-1"), event);
      throw lost;
    };
    const { outcome } = await send([closed, ...settling], text, undefined, { ledger });
    expect(outcome).toMatchObject({ id: "msg_event", content: "Hi" });
    expect(outcome).not.toHaveProperty("alreadySent");
  });

  test("the message that was sent under the reference, with the text of the caller's", async () => {
    const ledger = createMemoryLedger();
    await send([empty, json(201, message("msg_1", "order-17"))], text, given, { ledger });
    const { outcome, lines } = await send([], text, given, { ledger });
    expect(outcome).toMatchObject({ id: "msg_1", content: "Hi", alreadySent: true });
    expect(lines()).toEqual([]);
  });

  test("which request the open one was, for the error of its replay", async () => {
    const ledger = createMemoryLedger();
    await send([empty, refused(500, "internal_error"), ...settling], text, given, { ledger });
    const { outcome } = await send([empty], text, given, { ledger });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", requestId: "req_1" });
  });

  test("that another process is sending it, waits for that, and ends by its deadline", async () => {
    const ledger = createMemoryLedger();
    const { platform, to, messageType } = text;
    const claimed = { ...key("order-17"), fingerprint: createFingerprint(text), platform, to, messageType };
    await ledger.claim(claimed, { leaseMs: 60_000 });
    const { outcome, lines, took } = await send([], text, given, { ledger });
    expect((outcome as Error).message).toContain("another process is sending it; that did not end before the deadline");
    // Of thirty seconds and ten more, but for the last wait that would not fit.
    expect([lines(), took]).toEqual([[], 39_500]);
  });

  test("that nobody has sent it, where the ledger lasts and the history cannot be read", async () => {
    const lasting: SendLedger = { ...createMemoryLedger(), durable: true };
    const { outcome, lines } = await send(Array<Step>(4).fill(html(502)), text, given, { ledger: lasting });
    expect(outcome).toMatchObject({ name: "ServerError", status: 502, outcome: "not_sent" });
    expect(lines()).not.toContain(post);
    expect(lines()).toContain(look);
  });
});
