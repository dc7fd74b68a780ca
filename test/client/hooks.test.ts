import { describe, expect, test } from "@jest/globals";
import type { DriftEvent, RequestEvent, ResponseEvent, SendEvent, SendOptions } from "../../src/client/index.ts";
import {
  html,
  json,
  networkError,
  never,
  refused,
  rejection,
  type Step,
  scriptedOnSync,
} from "../../testing/scripted.ts";
import { empty, history, lost, message, send, text } from "../../testing/scripted-send.ts";

const contact = { id: "contact_1", tags: [], properties: {}, orgId: "org_1", createdAt: "2024-12-01T10:00:00.000Z" };

describe("onRequest and onResponse", () => {
  test("tell of each attempt: method, path without the query, status, request id, duration, budget", async () => {
    const requests: RequestEvent[] = [];
    const responses: ResponseEvent[] = [];
    const limits = { "ratelimit-policy": '"org";q=1000;w=3600', ratelimit: '"org";r=5;t=60' };
    const { onsync, clock } = scriptedOnSync(
      [
        networkError("ECONNRESET"),
        html(502),
        async () => {
          await clock.sleep(25);
          return json(200, { data: [] }, limits);
        },
      ],
      { onRequest: (event) => requests.push(event), onResponse: (event) => responses.push(event) },
    );
    expect(onsync.rateLimit).toBeNull();
    await onsync.messages.list("whatsapp:+971500000000", { limit: 5 });

    const about = {
      endpoint: "listMessages",
      method: "GET",
      path: "/conversations/whatsapp%3A%2B971500000000/messages",
    };
    expect(requests).toEqual([1, 2, 3].map((attempt) => ({ ...about, attempt })));
    const rateLimit = { limit: 1000, remaining: 5, resetAt: "2024-12-01T10:01:01.525Z" };
    const none = { requestId: undefined, durationMs: 0, rateLimit: null };
    expect(responses).toEqual([
      { ...about, ...none, attempt: 1, status: null, error: "ConnectionError" },
      { ...about, ...none, attempt: 2, status: 502, error: "ServerError" },
      { ...about, attempt: 3, status: 200, requestId: "req_1", durationMs: 25, rateLimit, error: null },
    ]);
    expect(onsync.rateLimit).toEqual(rateLimit);
  });

  test("tell of a deadline and of an abort, and nothing of an attempt that was never begun", async () => {
    const responses: (string | null)[] = [];
    const onResponse = ({ error }: ResponseEvent) => responses.push(error);
    const controller = new AbortController();
    const { onsync } = scriptedOnSync(
      [
        never,
        () => {
          controller.abort();
          return never();
        },
      ],
      { onResponse },
    );
    await rejection(onsync.contacts.get("contact_1"));
    await rejection(onsync.contacts.get("contact_1", { signal: controller.signal }));
    await rejection(onsync.contacts.get("contact_1", { signal: controller.signal }));
    expect(responses).toEqual(["TimeoutError", "AbortError"]);
  });

  test("a hook that throws, rejects or changes its event does not touch the call", async () => {
    const { onsync } = scriptedOnSync([json(200, contact), json(200, contact)], {
      onRequest: (event) => {
        event.path = "/elsewhere";
        throw new Error("in onRequest");
      },
      onResponse: async () => {
        throw new Error("in onResponse");
      },
      onDrift: () => {
        throw new Error("in onDrift");
      },
    });
    expect(await onsync.contacts.get("contact_1")).toMatchObject({ id: "contact_1" });
    expect(await rejection(onsync.contacts.get(""))).toMatchObject({ name: "ValidationError" });
  });
});

describe("onSend", () => {
  const sent = json(201, message("msg_1", "reference-1"));
  const given = { clientReference: "reference-1" };
  test.each<[SendEvent["outcome"], string, Step[], SendOptions]>([
    ["sent", "OnSync takes it", [sent], {}],
    ["sent", "its answer is lost and the history has it", [lost, history(message("msg_1", "reference-1"))], {}],
    ["already_sent", "the history has its reference", [history(message("msg_1", "reference-1"))], given],
    ["not_sent", "OnSync refuses it", [refused(403, "insufficient_scope")], {}],
    ["not_sent", "it was aborted before", [], { signal: AbortSignal.abort() }],
    ["unknown", "its answer is lost for good", [lost, empty, empty, empty, empty, empty], {}],
  ])("tells %s, once, where %s", async (outcome, _where, steps, options) => {
    const told: SendEvent[] = [];
    await send(steps, text, options, { onSend: (event) => told.push(event) });
    expect(told).toEqual([{ outcome }]);
  });
});

describe("an answer that differs from the documented shape", () => {
  const drift = async (body: Record<string, unknown>) => {
    const events: DriftEvent[] = [];
    const { onsync } = scriptedOnSync([json(200, body)], { onDrift: (event) => events.push(event) });
    return { answer: await onsync.contacts.get("contact_1"), events };
  };

  test("is passed through as it came, and the hook is told", async () => {
    const strange = { ...contact, tags: "lead", channel: "fax", nickname: "Sa", properties: undefined };
    const { answer, events } = await drift(strange);
    expect(answer).toMatchObject({ tags: "lead", channel: "fax", nickname: "Sa" });
    expect(events).toEqual([
      {
        endpoint: "getContact",
        requestId: "req_1",
        issues: [
          expect.objectContaining({ path: ["tags"], code: "invalid_type" }),
          expect.objectContaining({ path: ["channel"], code: "invalid_value" }),
          expect.objectContaining({ path: ["properties"], code: "invalid_type" }),
        ],
      },
    ]);
  });

  test("unknown keys alone are no drift", async () => {
    expect((await drift({ ...contact, nickname: "Sa" })).events).toEqual([]);
  });

  test("times without a zone are told, wherever they stand", async () => {
    const time = "2024-12-01T10:00:00";
    const data = [null, { createdAt: time }];
    const text = JSON.stringify({ data, nextBefore: time, createdAt: time, timestamp: time, requestId: "req_1" });
    const events: DriftEvent[] = [];
    const { onsync } = scriptedOnSync([{ status: 200, headers: {}, text }], { onDrift: (event) => events.push(event) });
    await onsync.messages.list("telegram:sara");
    const zoneless = events.flatMap(({ issues }) => issues).filter(({ code }) => code === "missing_zone");
    const message = "the time has no zone, and is read as UTC";
    expect(zoneless).toEqual(
      [["createdAt"], ["timestamp"], ["nextBefore"], ["data", 1, "createdAt"]].map((path) => ({
        ...{ path, code: "missing_zone", message },
      })),
    );
  });

  test("a missing requestId and timestamp are filled in", async () => {
    const headers = { "X-Request-Id": "req_header", Date: "Sun, 01 Dec 2024 12:00:00 GMT" };
    const bare = { status: 200, headers, text: JSON.stringify(contact) };
    const { onsync } = scriptedOnSync([bare, { ...bare, headers: {} }]);
    expect(await onsync.contacts.get("contact_1")).toMatchObject({
      requestId: "req_header",
      timestamp: "2024-12-01T12:00:00.000Z",
    });
    expect(await onsync.contacts.get("contact_1")).toMatchObject({
      requestId: "",
      timestamp: "2024-12-01T10:00:00.000Z",
    });
  });

  test("the rate limit is known from errors too, and kept where an answer says nothing", async () => {
    const { onsync } = scriptedOnSync([
      refused(404, "not_found", undefined, { ratelimit: '"org";r=7;t=9' }),
      html(404),
    ]);
    await rejection(onsync.contacts.get("contact_1"));
    await rejection(onsync.contacts.get("contact_1"));
    expect(onsync.rateLimit).toMatchObject({ remaining: 7 });
  });
});
