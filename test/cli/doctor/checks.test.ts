import { describe, expect, test } from "@jest/globals";
import { type Check, formatCheck, formatSummary } from "../../../cli/doctor/check.ts";
import { checkClock, checkRateLimit } from "../../../cli/doctor/examine.ts";
import { watchServerTime } from "../../../cli/doctor/server-time.ts";
import { checkWebhook } from "../../../cli/doctor/webhooks.ts";
import { samples } from "../../../src/api/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { onsyncPair } from "../../../testing/onsync-pair.ts";
import { html, json, scriptedOnSync } from "../../../testing/scripted.ts";
import { findChecks, listChecks } from "./examined.ts";

describe("the clock", () => {
  test.each([
    [500, "ok", "agrees"],
    [-12_000, "ok", "12 s ahead of"],
    [45_000, "warning", "45 s behind"],
    [-3_600_000, "warning", "3600 s ahead of"],
  ])("that differs by %d ms", (skewMs, status, found) => {
    expect(checkClock(skewMs)).toMatchObject({ status, found: expect.stringContaining(found) });
  });

  test("is read off the body's timestamp, else the Date header, of the quickest answer", async () => {
    const clock = { now: 0 };
    const at = (iso: string) => Date.parse(iso);
    const answers = [
      { takes: 1000, response: html(502, { Date: "Sun, 01 Dec 2024 10:00:00 GMT" }) },
      { takes: 100, response: json(200) },
      { takes: 400, response: { ...json(200), text: '{"timestamp":"2030-01-01T00:00:00.000Z"}' } },
    ];
    const watched = watchServerTime(
      async () => {
        const { takes, response } = answers.shift() as (typeof answers)[number];
        clock.now += takes;
        return response;
      },
      () => clock.now,
    );
    const request = () =>
      watched.transport({ method: "GET", url: "https://x/v1/me", headers: {}, signal: new AbortController().signal });
    expect(watched.skewMs()).toBeNull();
    clock.now = at("2024-12-01T09:59:00Z");
    await request();
    expect(watched.skewMs()).toBe(60_000 - 500);
    clock.now = at("2024-12-01T09:59:50Z");
    await request();
    expect(watched.skewMs()).toBe(10_000 - 50);
    await request();
    expect(watched.skewMs()).toBe(10_000 - 50);
  });

  test("is compared with the reference's own clock, where that was set", async () => {
    await using pair = await onsyncPair();
    await pair.reference.control.clock({ advanceMs: 120_000 });
    const watched = watchServerTime(fetchTransport((request) => pair.reference.fetch(request)));
    await watched.transport({
      method: "GET",
      url: "http://127.0.0.1/v1/me",
      headers: { authorization: `Bearer ${pair.reference.key}` },
      signal: new AbortController().signal,
    });
    expect(Math.abs((watched.skewMs() ?? 0) - 120_000)).toBeLessThan(1000);
  });
});

describe("the rate limit", () => {
  const resetAt = "2024-12-01T11:00:00.000Z";
  test.each([
    [null, "ok", "1,000 requests an hour"],
    [{ limit: null, remaining: null, resetAt: null }, "ok", "1,000 requests an hour"],
    [{ limit: 1000, remaining: 987, resetAt }, "ok", `987 of 1000 requests left, full again at ${resetAt}`],
    [{ limit: 1000, remaining: 101, resetAt }, "ok", "101 of 1000"],
    [{ limit: 1000, remaining: 100, resetAt }, "warning", "100 of 1000"],
    [{ limit: 1000, remaining: 99, resetAt }, "warning", "99 of 1000"],
    // By number where the ceiling is low, or not told.
    [{ limit: 30, remaining: 3, resetAt }, "warning", "3 of 30"],
    [{ limit: 100, remaining: 24, resetAt }, "warning", "24 of 100"],
    [{ limit: 100, remaining: 25, resetAt }, "ok", "25 of 100"],
    [{ limit: null, remaining: 24, resetAt: null }, "warning", "24 requests left"],
    [{ limit: 10_000, remaining: 900, resetAt }, "warning", "900 of 10000"],
    [{ limit: 1000, remaining: 0, resetAt }, "failed", "0 of 1000"],
    [{ limit: null, remaining: 40, resetAt: null }, "ok", "40 requests left"],
  ])("known as %j", (known, status, found) => {
    const check = checkRateLimit(known);
    expect(check).toMatchObject({ status, found: expect.stringContaining(found) });
    expect(check.advice === undefined).toBe(status === "ok");
    if (status !== "ok")
      expect(check.advice).toMatch(known?.resetAt ? /until 2024-12-01T11.*find what spends/ : /Hold back/);
  });

  test("with 3 of 30 requests left is a warning", async () => {
    const spent = { "ratelimit-policy": '"org";q=30;w=3600', ratelimit: '"org";r=3;t=3240' };
    const account = json(200, samples.account, spent);
    const empty = json(200, { data: [], nextCursor: null }, spent);
    const { onsync: client } = scriptedOnSync([account, empty, empty, empty, empty], { maxAttempts: 1 });
    const checks = await listChecks(client);
    expect(findChecks(checks, "rate limit")).toMatchObject([
      { status: "warning", found: expect.stringContaining("3 of 30"), advice: expect.any(String) },
    ]);
    expect(formatSummary(checks)).not.toContain("in order");
  });
});

describe("a webhook endpoint", () => {
  const quiet = { delivered: 0, failed: 0, pending: 0, retried: 0, lastDeliveryAt: null, lastStatusCode: null };
  const tried = { ...quiet, lastDeliveryAt: "2024-12-01T10:00:00.000Z" };
  test.each([
    ["works", { stats: { ...tried, delivered: 41, lastStatusCode: 200 } }, "ok", "works: 41 delivered", undefined],
    ["tells no stats", { stats: undefined }, "ok", "no delivery stats", undefined],
    [
      "is paused",
      { status: "paused" as const, stats: { ...quiet, pending: 3 } },
      "warning",
      "3 deliveries wait",
      "Resume",
    ],
    ["was never delivered to", { stats: quiet }, "warning", "never", "write to the inbox"],
    ["waits", { stats: { ...quiet, pending: 1 } }, "warning", "none tried yet", "again"],
    ["answers 500", { stats: { ...tried, pending: 1, lastStatusCode: 500 } }, "failed", "answered 500", "2xx"],
    ["refuses", { stats: { ...tried, failed: 2, lastStatusCode: 401 } }, "failed", "answered 401", "secret"],
    ["redirects", { stats: { ...tried, failed: 2, lastStatusCode: 301 } }, "failed", "answered 301", "Redirects"],
    ["does not answer", { stats: { ...tried, failed: 1 } }, "failed", "did not answer", "reachable"],
    [
      "recovered",
      { stats: { ...tried, delivered: 5, failed: 1, lastStatusCode: 204 } },
      "warning",
      "works now",
      "read the",
    ],
  ])("that %s", (_name, facts, status, found, advice) => {
    const check = checkWebhook({ id: "wh_1", url: "https://example.com/hook", events: [], ...facts });
    expect(check).toMatchObject({ name: "webhooks", status, found: expect.stringContaining(found) });
    expect(check.found).toContain("https://example.com/hook (wh_1)");
    if (advice === undefined) expect(check).not.toHaveProperty("advice");
    else expect(check.advice).toContain(advice);
  });
});

test("a finding is one line, and what to do about it another", () => {
  const check: Check = { name: "key", status: "failed", found: "refused", advice: "Generate one." };
  expect(formatCheck(check)).toBe("✗ key         refused\n              → Generate one.\n");
  expect(formatCheck({ name: "API", status: "ok", found: "answers" })).toBe("✓ API         answers\n");
  expect(formatSummary([check])).toBe("1 problem.");
  expect(formatSummary([{ ...check, status: "ok" }])).toBe("Everything is in order.");
  expect(formatSummary([check, { ...check, status: "warning" }, { ...check, status: "warning" }])).toBe(
    "1 problem, 2 things to know.",
  );
});
