import { describe, expect, test } from "@jest/globals";
import type { Message, MessageInput, SendOptions, TransportResponse } from "../../../src/client/index.ts";
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

const text = {
  platform: "whatsapp",
  to: "+971 50 000-0000",
  messageType: "text",
  content: "Hi",
} satisfies MessageInput;
const conversationId = "whatsapp:+971500000000";
const post = "POST /v1/messaging/send";
const look = "GET /v1/conversations/whatsapp%3A%2B971500000000/messages?limit=100";

function message(id: string, clientReference?: string, createdAt = "2024-12-01T10:00:00.000Z"): Message {
  return {
    id,
    conversationId,
    type: "text",
    direction: "outbound",
    content: "Hi",
    metadata: clientReference === undefined ? {} : { clientReference },
    createdAt,
  };
}

const sent = json(201, message("msg_sent", "reference-1"));

function history(...data: Message[]) {
  return json(200, { data, nextBefore: null });
}

const empty = history();
const lost = networkError("ECONNRESET");

async function send(steps: Step[], input: MessageInput = text, options?: SendOptions) {
  const script = scriptedOnSync(steps);
  const startedAt = script.clock.now();
  const outcome = await script.onsync.messages.send(input, options).catch((error: unknown) => error);
  return { ...script, outcome, took: script.clock.now() - startedAt };
}

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
  ])("with %s wrong costs no request", async (_what, input, expected) => {
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

  test.each(ambiguous)("and stays away, is an unknown outcome after %s", async (_what, step) => {
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
  });

  test("is never sent again after OnSync's own 500: its work may come late", async () => {
    const late = history(message("msg_1", "reference-1"));
    const { outcome, lines } = await send([refused(500, "internal"), empty, refused(404, "not_found"), empty, late]);
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(lines()).toEqual([post, look, look, look, look]);
  });

  test.each([
    ["an unknown endpoint", [refused(404, "unknown_endpoint")]],
    ["a key without read:messages", [refused(403, "insufficient_scope")]],
  ])("a history that OnSync itself refuses leaves it unknown at once: %s", async (_what, looks) => {
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
  ])("a history that cannot be read is asked for the whole settling time: %s", async (_what, answer) => {
    const { outcome, took, lines } = await send([lost, answer, answer, answer, answer, answer]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("the history of whatsapp:+971500000000 could not be read"),
    });
    expect(lines()).toEqual([post, look, look, look, look, look]);
    expect(took).toBe(7_500);
  });

  test("an answer that is none (a transport's mistake) is a lost one", async () => {
    const { outcome } = await send([
      () => undefined as unknown as TransportResponse,
      history(message("msg_1", "reference-1")),
    ]);
    expect(outcome).toMatchObject({ id: "msg_1" });
  });

  test("looks again no sooner than a 429 allows, and not at all where that is too late", async () => {
    const wait = (seconds: string) => refused(429, "rate_limited", undefined, { "retry-after": seconds });
    const later = await send([lost, wait("9"), history(message("msg_1", "reference-1"))]);
    expect(later).toMatchObject({ outcome: { id: "msg_1" }, took: 9_000 });
    const tooLate = await send([lost, wait("3600")]);
    expect(tooLate).toMatchObject({
      outcome: { name: "UnknownOutcomeError", cause: { name: "RateLimitError" } },
      took: 0,
    });
  });

  test("a look that fails in passing is made again", async () => {
    const { outcome } = await send([
      lost,
      html(502),
      networkError("ECONNREFUSED", "connect"),
      history(message("msg_1", "reference-1")),
    ]);
    expect(outcome).toMatchObject({ id: "msg_1" });
  });

  test("is looked for with time of its own when the deadline is spent", async () => {
    const { outcome, took } = await send([never, empty, history(message("msg_1", "reference-1"))], text, {
      deadlineMs: 20_000,
    });
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(took).toBe(20_000 + 500);
  });

  test("is looked for no longer than that", async () => {
    const { outcome, took } = await send([never, never], text, { deadlineMs: 20_000 });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", cause: { name: "TimeoutError" } });
    expect(took).toBe(30_000);
    expect((await send([never, never], text, { deadlineMs: 2_000 })).took).toBe(4_000);
  });
});

describe("the search in the history", () => {
  const at = (second: number) => new Date(Date.parse("2024-12-01T10:00:00.000Z") + second * 1000).toISOString();
  const page = (from: number, count: number, step: number) => {
    const data = Array.from({ length: count }, (_, index) =>
      message(`msg_${from - index * step}`, undefined, at(from - index * step)),
    );
    return json(200, { data, nextBefore: data.at(-1)?.createdAt });
  };

  test("goes back page by page, and ends at messages clearly older than the send", async () => {
    const found = history(message("msg_1", "reference-1"));
    const { lines, outcome } = await send([lost, page(0, 100, 0.5), page(-49.5, 100, 0.5), found]);
    expect(outcome).toMatchObject({ id: "msg_1" });
    expect(lines().slice(1)).toEqual([look, `${look}&before=2024-12-01T09%3A59%3A10.501Z`, look]);
  });

  test("reads on where the server's clock is far from ours, and ends by the server's", async () => {
    const hourAhead = (second: number) => at(second + 3600);
    const body = {
      data: [message("msg_a", "x", hourAhead(-61))],
      nextBefore: hourAhead(-61),
      requestId: "r",
      timestamp: hourAhead(0),
    };
    const ended = { status: 200, headers: {}, text: JSON.stringify(body) };
    const { lines } = await send([lost, ended, history(message("msg_1", "reference-1"))]);
    expect(lines()).toEqual([post, look, look]);
  });

  test("does not end by age where the server does not tell its time", async () => {
    const timeless = {
      ...page(-500, 100, 1),
      text: page(-500, 100, 1).text.replace(/"timestamp":"[^"]*"/, '"time":""'),
    };
    const { lines } = await send([
      refused(500, "internal"),
      timeless,
      history(message("msg_1", "reference-1", at(-600))),
    ]);
    expect(lines()).toHaveLength(3);
  });

  test("gives up after a thousand messages: unknown", async () => {
    const pages = Array.from({ length: 10 }, (_, index) => page(-index, 100, 0.01));
    const { outcome, lines } = await send([refused(500, "internal"), ...Array.from({ length: 5 }, () => pages).flat()]);
    expect(outcome).toMatchObject({
      name: "UnknownOutcomeError",
      message: expect.stringContaining("does not have it among the latest 1000 messages"),
    });
    expect(lines()).toHaveLength(1 + 5 * 10);
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

  test("is an unknown outcome when it was being looked for", async () => {
    const { step, signal } = aborting(never);
    const { outcome, lines } = await send([lost, step], text, { signal });
    expect(outcome).toMatchObject({ name: "UnknownOutcomeError", cause: reason });
    expect(lines()).toEqual([post, look]);
  });

  test("rejects with the caller's reason while it waits after a 429, or looks before sending", async () => {
    const controller = new AbortController();
    const { onsync, clock } = scriptedOnSync([refused(429, "rate_limited")]);
    const failed = rejection(onsync.messages.send(text, { signal: controller.signal }));
    await clock.sleep(100);
    controller.abort(reason);
    expect(await failed).toBe(reason);

    const { step, signal } = aborting(never);
    expect((await send([step], text, { signal, clientReference: "order-17" })).outcome).toBe(reason);
  });
});
