import { describe, expect, test } from "@jest/globals";
import type { MessageInput } from "../../../src/client/index.ts";
import { json, networkError, never, refused, rejection, type Step, scriptedOnSync } from "../../../testing/scripted.ts";
import { look, lost, message, post, send, text } from "../../../testing/scripted-send.ts";

const sent = json(201, message("msg_sent", "reference-1"));

describe("a send", () => {
  test("carries a reference of its own beside the caller's metadata, and is one request", async () => {
    const { outcome, requests, lines } = await send([sent], { ...text, metadata: { campaign: "expo" } });
    expect(outcome).toMatchObject({ id: "msg_sent", requestId: "req_1" });
    expect(lines()).toEqual([post]);
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      ...text,
      metadata: { campaign: "expo", clientReference: "reference-1" },
    });
  });

  test("a template keeps its template", async () => {
    const metadata = { template: { name: "order_follow_up", language: "en" }, campaign: "expo" };
    const { requests } = await send([sent], { platform: "whatsapp", to: text.to, messageType: "template", metadata });
    expect(JSON.parse(requests[0]?.body ?? "").metadata).toEqual({
      template: { name: "order_follow_up", language: "en", components: [] },
      campaign: "expo",
      clientReference: "reference-1",
    });
  });

  test.each([
    ["a field", { ...text, content: "" }, "content: must not be empty"],
    ["a number that is none", { ...text, to: "call me" }, "to: on WhatsApp, to must be a phone number"],
    ["an unknown field", { ...text, contents: "Hi" }, "contents: is not a known field"],
    ["metadata", { ...text, metadata: "campaign" }, "metadata: must be"],
    ["metadata no JSON can hold", { ...text, metadata: { amount: 1n } }, "the body: cannot be written as JSON"],
    ["everything", null, "must be one of text, template"],
  ])("is refused before any request where this is wrong: %s", async (_what, input, expected) => {
    const { outcome, requests } = await send([], input as MessageInput);
    expect(outcome).toMatchObject({
      name: "ValidationError",
      status: 400,
      code: "validation_failed",
      outcome: "not_sent",
    });
    expect((outcome as Error).message).toContain(expected);
    expect(requests).toHaveLength(0);
  });

  test.each([
    [400, "validation_failed"],
    [400, "outside_messaging_window"],
    [401, "invalid_api_key"],
    [403, "insufficient_scope"],
    [404, "unknown_endpoint"],
    [405, "method_not_allowed"],
    [409, "duplicate"],
    [413, "payload_too_large"],
    [415, "unsupported_media_type"],
  ])("refused with %i %s is not sent, and not tried again", async (status, code) => {
    const { outcome, lines } = await send([refused(status, code)]);
    expect(outcome).toMatchObject({ status, outcome: "not_sent" });
    expect(lines()).toEqual([post]);
  });

  test.each([
    ["a refused connection", networkError("ECONNREFUSED", "connect"), 500],
    ["a 429", refused(429, "rate_limited", undefined, { "retry-after": "4" }), 4_000],
  ])("is made again after %s, which sent nothing", async (_what, step, wait) => {
    const { outcome, lines, took, requests } = await send([step, sent]);
    expect(outcome).toMatchObject({ id: "msg_sent" });
    expect(lines()).toEqual([post, post]);
    expect(took).toBe(wait);
    expect(requests[1]?.body).toBe(requests[0]?.body);
  });

  test("gives up with not_sent when nothing ever reached OnSync", async () => {
    const refusedConnection = networkError("ECONNREFUSED", "connect");
    const { outcome, lines } = await send([refusedConnection, refusedConnection, refusedConnection, refusedConnection]);
    expect(outcome).toMatchObject({ name: "ConnectionError", sent: false, outcome: "not_sent" });
    expect(lines()).toEqual([post, post, post, post]);
  });
});

describe("an aborted send", () => {
  const reason = new Error("no longer wanted");
  const aborting = (step: Step): { signal: AbortSignal; step: Step } => {
    const controller = new AbortController();
    return {
      signal: controller.signal,
      step: async (request) => {
        controller.abort(reason);
        if (step instanceof Error) throw step;
        return typeof step === "function" ? step(request) : step;
      },
    };
  };

  test("rejects with the caller's reason when it was not begun", async () => {
    const { outcome, requests } = await send([], text, { signal: AbortSignal.abort(reason) });
    expect(outcome).toBe(reason);
    expect(requests).toHaveLength(0);
  });

  test("is an unknown outcome when it was under way", async () => {
    const { step, signal } = aborting(never);
    const { outcome, lines } = await send([step], text, { signal });
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      outcome: "unknown",
      cause: reason,
      clientReference: "reference-1",
    });
    expect(lines()).toEqual([post]);
  });

  test("is an unknown outcome when the message was being looked for", async () => {
    const { step, signal } = aborting(never);
    const { outcome, lines } = await send([lost, step], text, { signal });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", cause: reason });
    expect(lines()).toEqual([post, look]);
  });

  test("rejects with the caller's reason while it waits after a 429", async () => {
    const controller = new AbortController();
    const { onsync, clock } = scriptedOnSync([refused(429, "rate_limited")]);
    const failed = rejection(onsync.messages.send(text, { signal: controller.signal }));
    await clock.sleep(100);
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });

  test("rejects with the caller's reason while it looks into the history before sending", async () => {
    const { step, signal } = aborting(never);
    expect((await send([step], text, { signal, clientReference: "order-17" })).outcome).toBe(reason);
  });
});
