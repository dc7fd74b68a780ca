/** A send whose answer is lost: the history tells what became of it. */
import { describe, expect, test } from "@jest/globals";
import type { TransportResponse } from "../../../src/client/index.ts";
import { html, json, networkError, never, refused, type Step } from "../../../testing/scripted.ts";
import {
  conversationId,
  empty,
  history,
  look,
  lost,
  message,
  post,
  send,
  text,
} from "../../../testing/scripted-send.ts";

describe("a send whose answer is lost", () => {
  const ambiguous: [string, Step][] = [
    ["a reset", lost],
    ["a redirect after the work", { status: 303, headers: { location: "https://elsewhere.example.com/" }, text: "" }],
    ["a 304", { status: 304, headers: {}, text: "" }],
    ["a firewall's 403", html(403)],
    ["a gateway's 404", html(404)],
    ["a gateway's 429", html(429)],
    ["a framework's 404", { status: 404, headers: {}, text: '{"statusCode":404,"error":"Not Found"}' }],
    ["another's 400", json(400, { error: { code: "bad_request", message: "The gateway says no." } })],
    ["a body that broke off", { status: 201, headers: {}, text: '{"id":"msg', incomplete: new Error("terminated") }],
    ["malformed JSON", { status: 201, headers: {}, text: '{"id":"msg' }],
    ["a success without an id", json(201, {})],
    ["a 408", refused(408, "request_timeout")],
    ["an HTML 502", html(502)],
    ["a gateway's 504 in OnSync's format", refused(504, "unavailable")],
    ["a 500 in OnSync's format", refused(500, "internal")],
    ["a 503 in OnSync's format", refused(503, "unavailable")],
    ["the message of another send", json(201, message("msg_9", "reference-9"))],
  ];

  test.each(ambiguous)("is found in the history after %s", async (_what, step) => {
    const { outcome, lines } = await send([step, history(message("msg_other"), message("msg_1", "reference-1"))]);
    expect(outcome).toMatchObject({ id: "msg_1", metadata: { clientReference: "reference-1" }, requestId: "req_1" });
    expect(lines()).toEqual([post, look]);
  });

  test("is found when it turns up a little later", async () => {
    const { outcome, lines, took } = await send([lost, empty, empty, history(message("msg_1", "reference-1"))]);
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(lines()).toEqual([post, look, look, look]);
    expect(took).toBe(500 + 1_000);
  });

  test.each(ambiguous)(
    "is an unknown outcome after %s where the history never shows the message",
    async (_what, step) => {
      const { outcome, lines, took } = await send([step, empty, empty, empty, empty, empty]);
      expect(outcome).toMatchObject({
        name: "UnknownOutcomeError",
        outcome: "unknown",
        retryable: false,
        clientReference: "reference-1",
        conversationId,
        message: expect.stringContaining("but it may still be on its way"),
        cause: expect.objectContaining({
          name: expect.stringMatching(
            /ConnectionError|ServerError|ApiError|ValidationError|PermissionError|NotFoundError|RateLimitError/,
          ),
        }),
      });
      expect((outcome as Error & { advice: string }).advice).toMatch(
        /^Do not send it again before you have looked: .*whatsapp:\+971500000000.*reference-1/,
      );
      expect(lines()).toEqual([post, look, look, look, look, look]);
      expect(took).toBe(7_500);
    },
  );

  test("is never sent again after OnSync's own 500, whose work may come late", async () => {
    const late = history(message("msg_1", "reference-1"));
    const { outcome, lines } = await send([refused(500, "internal"), empty, refused(404, "not_found"), empty, late]);
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(lines()).toEqual([post, look, look, look, look]);
  });

  test.each([
    ["an unknown endpoint", [refused(404, "unknown_endpoint")]],
    ["a key without read:messages", [refused(403, "insufficient_scope")]],
  ])("is an unknown outcome at once where OnSync itself refuses the history: %s", async (_what, looks) => {
    const { outcome, lines } = await send([refused(500, "internal"), ...looks]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("the history of whatsapp:+971500000000 could not be read"),
    });
    expect(lines()).toEqual([post, look]);
  });

  test.each([
    ["a gateway's 404", html(404)],
    [
      "a page that cannot be walked on from",
      json(200, { data: [message("msg_1", "x", "yesterday")], nextBefore: "then" }),
    ],
  ])("asks for the history during the whole settling time where it cannot be read: %s", async (_what, answer) => {
    const { outcome, took, lines } = await send([lost, answer, answer, answer, answer, answer]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("the history of whatsapp:+971500000000 could not be read"),
    });
    expect(lines()).toEqual([post, look, look, look, look, look]);
    expect(took).toBe(7_500);
  });

  test("counts a transport that resolves with nothing as a lost answer", async () => {
    const { outcome } = await send([
      () => undefined as unknown as TransportResponse,
      history(message("msg_1", "reference-1")),
    ]);
    expect(outcome).toMatchObject({ id: "msg_1" });
  });

  const wait = (seconds: string) => refused(429, "rate_limited", undefined, { "retry-after": seconds });

  test("looks again no sooner than a 429 allows", async () => {
    const later = await send([lost, wait("9"), history(message("msg_1", "reference-1"))]);
    expect(later).toMatchObject({ outcome: { id: "msg_1" }, took: 9_000 });
  });

  test("does not look again where a 429 allows that too late", async () => {
    const tooLate = await send([lost, wait("3600")]);
    expect(tooLate).toMatchObject({
      outcome: { name: "UnknownOutcomeError", cause: { name: "RateLimitError" } },
      took: 0,
    });
  });

  test("reads the history again where that failed in passing", async () => {
    const { outcome } = await send([
      lost,
      html(502),
      networkError("ECONNREFUSED", "connect"),
      history(message("msg_1", "reference-1")),
    ]);
    expect(outcome).toMatchObject({ id: "msg_1" });
  });

  test("is looked for after its deadline, for ten seconds more", async () => {
    const { outcome, took } = await send([never, empty, history(message("msg_1", "reference-1"))], text, {
      deadlineMs: 20_000,
    });
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(took).toBe(20_000 + 500);
  });

  test("is looked for no longer than ten seconds after its deadline, or as long as a shorter deadline", async () => {
    const { outcome, took } = await send([never, never], text, { deadlineMs: 20_000 });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", cause: { name: "TimeoutError" } });
    expect(took).toBe(30_000);
    expect((await send([never, never], text, { deadlineMs: 2_000 })).took).toBe(4_000);
  });
});
