import { describe, expect, test } from "@jest/globals";
import type { CallOptions, OnSync } from "../../src/client/index.ts";
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

const contact = json(200, { id: "contact_1", tags: [], properties: {}, orgId: "org_1" });

/** Everything that may be done twice. */
const repeatable: Record<string, (onsync: OnSync, options?: CallOptions) => Promise<unknown>> = {
  read: (onsync, options) => onsync.contacts.get("contact_1", options),
  upsert: (onsync, options) => onsync.contacts.save({ phone: "+971500000000" }, options),
  PATCH: (onsync, options) => onsync.contacts.update("contact_1", { firstName: "Sara" }, options),
  DELETE: (onsync, options) => onsync.webhooks.delete("wh_1", options),
};
const read = repeatable.read as (onsync: OnSync, options?: CallOptions) => Promise<unknown>;

const passing: Record<string, Step> = {
  "a refused connection": networkError("ECONNREFUSED", "connect"),
  "a reset": networkError("ECONNRESET"),
  "a body that broke off": { status: 200, headers: {}, text: '{"id":"con', incomplete: new Error("terminated") },
  "malformed JSON": { status: 200, headers: {}, text: '{"id":"con' },
  "408": refused(408, "request_timeout"),
  "429": refused(429, "rate_limited"),
  "500": refused(500, "internal"),
  "an HTML 502": html(502),
  "503": refused(503, "unavailable"),
};

describe.each(Object.entries(repeatable))("a %s", (_what, call) => {
  test.each(Object.entries(passing))("is made again after %s", async (_failure, step) => {
    const { onsync, clock, requests } = scriptedOnSync([step, contact]);
    const startedAt = clock.now();
    await call(onsync);
    expect(requests).toHaveLength(2);
    expect(requests[1]).toEqual({ ...requests[0], signal: expect.anything() });
    expect(clock.now() - startedAt).toBe(500);
  });

  test.each([
    [400, "validation_failed"],
    [401, "invalid_api_key"],
    [403, "insufficient_scope"],
    [404, "not_found"],
    [405, "method_not_allowed"],
    [409, "duplicate"],
    [413, "payload_too_large"],
    [415, "unsupported_media_type"],
    [302, "redirect"],
  ])("is not made again after %i", async (status, code) => {
    const { onsync, requests } = scriptedOnSync([refused(status, code)]);
    expect(await rejection(call(onsync))).toMatchObject({ status });
    expect(requests).toHaveLength(1);
  });

  test("is the same request again, whatever the transport does with the headers of the first", async () => {
    const clumsy: Step = ({ headers }) => {
      for (const name of Object.keys(headers)) delete headers[name];
      return html(502);
    };
    const { onsync, requests } = scriptedOnSync([clumsy, contact]);
    await call(onsync);
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([undefined, expect.any(String)]);
  });

  test("fails with the last error when the attempts are spent", async () => {
    const { onsync, clock, requests } = scriptedOnSync([html(502), html(502), html(502), refused(503, "unavailable")]);
    const startedAt = clock.now();
    const error = await rejection(call(onsync));
    expect(error).toMatchObject({ name: "ServerError", status: 503 });
    expect(error).not.toHaveProperty("cause");
    expect(requests).toHaveLength(4);
    expect(clock.now() - startedAt).toBe(500 + 1_000 + 2_000);
  });
});

describe("waiting", () => {
  const many = (step: Step, count: number) => Array.from({ length: count }, () => step);

  test("backs off to at most 8 s, at full jitter from 0", async () => {
    const waits = async (random: number) => {
      const { onsync, clock } = scriptedOnSync([...many(html(502), 6), contact], {
        random: () => random,
        maxAttempts: 7,
      });
      const startedAt = clock.now();
      await read(onsync);
      return clock.now() - startedAt;
    };
    expect(await waits(1)).toBe(500 + 1_000 + 2_000 + 4_000 + 8_000 + 8_000);
    expect(await waits(0.5)).toBe(250 + 500 + 1_000 + 2_000 + 4_000 + 4_000);
    expect(await waits(0)).toBe(0);
  });

  test.each([
    ["seconds", refused(429, "rate_limited", undefined, { "retry-after": "7" }), 7_000],
    ["a date", refused(429, "rate_limited", undefined, { "retry-after": "Sun, 01 Dec 2024 10:00:09 GMT" }), 9_000],
    ["t of RateLimit", refused(429, "rate_limited", undefined, { ratelimit: '"org";r=0;t=4' }), 4_000],
    ["a 503's Retry-After", refused(503, "unavailable", undefined, { "retry-after": "3" }), 3_000],
    ["a wait below the backoff", refused(429, "rate_limited", undefined, { "retry-after": "0" }), 500],
  ])("waits as long as asked: %s", async (_what, step, expected) => {
    const { onsync, clock } = scriptedOnSync([step, contact]);
    const startedAt = clock.now();
    await read(onsync);
    expect(clock.now() - startedAt).toBe(expected);
  });

  test("a wait longer than maxRetryAfterMs gives the error at once, however much time is left", async () => {
    const asked = (seconds: string) => refused(429, "rate_limited", undefined, { "retry-after": seconds });
    const { onsync, clock, requests } = scriptedOnSync([asked("2"), asked("3")], { maxRetryAfterMs: 2_000 });
    const startedAt = clock.now();
    expect(await rejection(read(onsync))).toMatchObject({ name: "RateLimitError", retryAfterMs: 3_000 });
    expect(clock.now() - startedAt).toBe(2_000);
    expect(requests).toHaveLength(2);
  });

  test("a wait that does not fit into the deadline gives the error at once", async () => {
    const { onsync, clock, requests } = scriptedOnSync([
      refused(429, "rate_limited", undefined, { "retry-after": "31" }),
    ]);
    const startedAt = clock.now();
    expect(await rejection(read(onsync))).toMatchObject({ name: "RateLimitError", retryAfterMs: 31_000 });
    expect(clock.now()).toBe(startedAt);
    expect(requests).toHaveLength(1);
  });
});

describe("the deadline", () => {
  test("ends an attempt that hangs, though the transport ignores its signal", async () => {
    const { onsync, clock, requests } = scriptedOnSync([never]);
    const startedAt = clock.now();
    expect(await rejection(read(onsync))).toMatchObject({
      name: "TimeoutError",
      message: "OnSync did not answer GET /contacts/contact_1 before the deadline",
    });
    expect(clock.now() - startedAt).toBe(30_000);
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  test("holds for all attempts together, and the error tells of the one before", async () => {
    const { onsync, clock, requests } = scriptedOnSync([html(502), never]);
    const startedAt = clock.now();
    expect(await rejection(read(onsync, { deadlineMs: 2_000 }))).toMatchObject({
      name: "TimeoutError",
      cause: { name: "ServerError", status: 502 },
    });
    expect(clock.now() - startedAt).toBe(2_000);
    expect(requests).toHaveLength(2);
  });

  test("a signal is left alone once its attempt has succeeded", async () => {
    const { onsync, requests } = scriptedOnSync([contact]);
    await read(onsync);
    expect(requests[0]?.signal.aborted).toBe(false);
  });
});

describe("aborting", () => {
  const reason = new Error("no longer wanted");

  test("before the call makes no request", async () => {
    const { onsync, requests } = scriptedOnSync([]);
    expect(await rejection(read(onsync, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(requests).toHaveLength(0);
  });

  test.each(Object.entries(repeatable))("a %s under way rejects with the caller's reason", async (_what, call) => {
    const controller = new AbortController();
    const { onsync, requests } = scriptedOnSync([
      () => {
        controller.abort(reason);
        return never();
      },
    ]);
    expect(await rejection(call(onsync, { signal: controller.signal }))).toBe(reason);
    expect(requests[0]?.signal.aborted).toBe(true);
  });

  test("during a wait ends it", async () => {
    const controller = new AbortController();
    const { onsync, clock, requests } = scriptedOnSync([html(502)]);
    const startedAt = clock.now();
    const failed = rejection(read(onsync, { signal: controller.signal }));
    await clock.sleep(100);
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(clock.now() - startedAt).toBe(100);
    expect(requests).toHaveLength(1);
  });
});

describe("after an attempt whose outcome is uncertain", () => {
  const created = { ...contact, status: 201 };
  const lost = networkError("ECONNRESET");

  test.each([
    ["201", [created], true],
    ["200", [contact], false],
    ["201 after a lost answer: this attempt created it", [lost, created], true],
    ["200 after a lost answer: the lost attempt may have created it", [lost, contact], null],
    ["200 after a 500", [refused(500, "internal"), contact], null],
    ["200 after a refused connection", [networkError("ECONNREFUSED", "connect"), contact], false],
    ["200 after a 429", [refused(429, "rate_limited"), contact], false],
    ["another success", [{ ...contact, status: 202 }], null],
  ])("`created` of an upsert follows from %s", async (_what, steps, expected) => {
    const { onsync } = scriptedOnSync(steps);
    expect((await onsync.contacts.save({ phone: "+971500000000" })).created).toBe(expected);
  });

  test("a DELETE that finds nothing after a lost answer has done what was asked", async () => {
    const { onsync } = scriptedOnSync([lost, refused(404, "not_found")]);
    expect(await onsync.webhooks.delete("wh_1")).toEqual({
      id: "wh_1",
      deleted: true,
      requestId: "req_1",
      timestamp: expect.stringMatching(/^2024-12-01T10:00:00/),
    });
  });

  test.each([
    ["at first", [refused(404, "not_found")]],
    ["after a 429, which removed nothing", [refused(429, "rate_limited"), refused(404, "not_found")]],
    ["after a refused connection", [networkError("ECONNREFUSED", "connect"), refused(404, "not_found")]],
  ])("a DELETE that finds nothing %s is an error", async (_what, steps) => {
    const { onsync } = scriptedOnSync(steps);
    expect(await rejection(onsync.webhooks.delete("wh_1"))).toMatchObject({ name: "NotFoundError" });
  });
});
