import { describe, expect, test } from "@jest/globals";
import { type Check, formatCheck, formatSummary } from "../../../cli/doctor/check.ts";
import { checkClock, checkRateLimit, examine } from "../../../cli/doctor/examine.ts";
import { watchServerTime } from "../../../cli/doctor/server-time.ts";
import { checkWebhook } from "../../../cli/doctor/webhooks.ts";
import { createReference, type ReferenceOptions } from "../../../reference/index.ts";
import { type Scope, samples, scopes } from "../../../src/api/index.ts";
import type { OnSync } from "../../../src/client/index.ts";
import { fetchTransport } from "../../../src/client/transport/fetch.ts";
import { onsyncPair } from "../../../testing/onsync.ts";
import { html, json, networkError, refused, scriptedOnSync } from "../../../testing/scripted.ts";
import { onsync } from "../command.ts";

async function examined(subject: OnSync, skewMs: number | null = 0): Promise<Check[]> {
  const checks: Check[] = [];
  for await (const check of examine({ onsync: subject, skewMs: () => skewMs, now: () => 0 })) checks.push(check);
  return checks;
}

function named(checks: Check[], name: Check["name"]) {
  return checks.filter((check) => check.name === name);
}

function statuses(checks: Check[]) {
  return Object.fromEntries(checks.map(({ name, status }) => [name, status]));
}

async function onReference(options: ReferenceOptions): Promise<Check[]> {
  await using pair = await onsyncPair(options);
  return await examined(pair.onsync);
}

describe("the examination of an API", () => {
  test("finds everything in order where it is", async () => {
    const checks = await onReference({});
    expect(statuses(checks)).toEqual({
      API: "ok",
      key: "ok",
      clock: "ok",
      scopes: "ok",
      extensions: "ok",
      webhooks: "ok",
      "rate limit": "ok",
    });
  });

  test("works without the extensions, and says what each is missed for", async () => {
    const checks = await onReference({ extensions: false });
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
    expect(named(checks, "extensions").map(({ status, found }) => [status, found])).toEqual([
      ["warning", "GET /me is not served"],
      ["warning", "GET /contacts is not served"],
      ["warning", "GET /conversations is not served"],
      ["warning", "GET /templates is not served"],
    ]);
    for (const { advice } of named(checks, "extensions")) expect(advice).toMatch(/\S/);
    expect(named(checks, "scopes")).toEqual([
      {
        name: "scopes",
        status: "ok",
        found: "read:contacts, read:messages, read:webhooks; write scopes cannot be checked without writing",
      },
    ]);
  });

  test.each(["with", "without"])("names the scopes the key lacks, %s extensions", async (extensions) => {
    const granted: Scope[] = ["read:contacts", "write:contacts", "read:webhooks"];
    const checks = await onReference({ scopes: granted, extensions: extensions === "with" });
    const [check] = named(checks, "scopes");
    expect(check).toMatchObject({ status: "warning", found: expect.stringContaining("without read:messages") });
    expect(check?.advice).toMatch(/Settings → API & Webhooks.*read:messages \(.*list_messages/);
    expect(checks.filter(({ status }) => status === "failed")).toEqual([]);
  });

  test("a key that may nothing still proves itself, and its webhooks are not looked at", async () => {
    const checks = await onReference({ scopes: ["write:messages"], extensions: false });
    expect(named(checks, "key")).toMatchObject([{ status: "ok" }]);
    expect(named(checks, "webhooks")).toMatchObject([
      { status: "warning", advice: expect.stringContaining("read:webhooks") },
    ]);
  });

  test("stops at a key that is refused", async () => {
    await using pair = await onsyncPair({}, { apiKey: "onsync_pk_test_unknown" });
    const checks = await examined(pair.onsync);
    expect(checks.map(({ name, status }) => [name, status])).toEqual([
      ["API", "ok"],
      ["key", "failed"],
      ["clock", "ok"],
    ]);
    expect(checks[1]?.advice).toContain("Settings → API & Webhooks");
  });

  test("stops where the API cannot be reached, and names the address", async () => {
    const refusedConnection = networkError("ECONNREFUSED", "connect");
    const { onsync: client } = scriptedOnSync([refusedConnection], { maxAttempts: 1 });
    const checks = await examined(client, null);
    expect(checks).toMatchObject([
      { name: "API", status: "failed", found: expect.stringContaining("https://api.example.com/v1") },
    ]);
    expect(checks[0]?.advice).toContain("base URL");
  });

  test("stops where the hour is spent, with the wait", async () => {
    const spent = refused(429, "rate_limited", undefined, { "retry-after": "120" });
    const { onsync: client } = scriptedOnSync([spent], { maxAttempts: 1 });
    const checks = await examined(client);
    expect(statuses(checks)).toEqual({ API: "ok", "rate limit": "failed", clock: "ok" });
    expect(named(checks, "rate limit")[0]?.advice).toContain("120 seconds");
  });

  test("a check that fails by itself does not end the others", async () => {
    const account = json(200, samples.account);
    const { onsync: client } = scriptedOnSync(
      [
        account,
        html(502),
        json(200, { data: [], nextCursor: null }),
        json(200, { data: [], nextCursor: null }),
        json(200, { data: [] }),
      ],
      { maxAttempts: 1 },
    );
    const checks = await examined(client);
    expect(statuses(checks)).toEqual({
      API: "ok",
      key: "ok",
      clock: "ok",
      scopes: "ok",
      extensions: "ok",
      webhooks: "failed",
      "rate limit": "ok",
    });
    expect(named(checks, "scopes")[0]?.found).toContain(scopes.join(", "));
  });

  test("changes nothing", async () => {
    await using pair = await onsyncPair({ seed: "demo", extensions: false });
    const before = JSON.stringify((await pair.onsync.webhooks.list()).data);
    const history = async () => (await pair.onsync.messages.list("whatsapp:+971500000000")).data;
    const messages = await history();
    await examined(pair.onsync);
    expect(JSON.stringify((await pair.onsync.webhooks.list()).data)).toBe(before);
    expect(await history()).toEqual(messages);
  });
});

describe("the clock", () => {
  test.each([
    [500, "ok", "agrees"],
    [-12_000, "ok", "12 s ahead of"],
    [45_000, "warning", "45 s behind"],
    [-3_600_000, "warning", "3600 s ahead of"],
  ])("%d ms", (skewMs, status, found) => {
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

  test("follows the reference's own", async () => {
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
  ])("%j", (known, status, found) => {
    const check = checkRateLimit(known);
    expect(check).toMatchObject({ status, found: expect.stringContaining(found) });
    expect(check.advice === undefined).toBe(status === "ok");
    if (status !== "ok")
      expect(check.advice).toMatch(known?.resetAt ? /until 2024-12-01T11.*find what spends/ : /Hold back/);
  });

  test("with 3 of 30 left is not in order", async () => {
    const spent = { "ratelimit-policy": '"org";q=30;w=3600', ratelimit: '"org";r=3;t=3240' };
    const account = json(200, samples.account, spent);
    const empty = json(200, { data: [], nextCursor: null }, spent);
    const { onsync: client } = scriptedOnSync([account, empty, empty, empty, empty], { maxAttempts: 1 });
    const checks = await examined(client);
    expect(named(checks, "rate limit")).toMatchObject([
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

describe("onsync doctor", () => {
  test("ends with 0 where nothing failed, and tells programs the same in JSON", async () => {
    const reference = await createReference();
    try {
      const { url } = await reference.listen();
      const env = { ONSYNC_BASE_URL: url, ONSYNC_API_KEY: reference.key };
      const text = await onsync(["doctor"], { env });
      expect(text).toMatchObject({ code: 0, stderr: "" });
      expect(text.stdout).toMatch(/^✓ key +taken from ONSYNC_API_KEY\n✓ API +http:\/\/127\.0\.0\.1/);
      expect(text.stdout).not.toContain(reference.key);
      const { code, stdout } = await onsync(["doctor", "--json"], { env });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        ok: true,
        checks: expect.arrayContaining([expect.objectContaining({ name: "clock", status: "ok" })]),
      });

      const wrong = await onsync(["doctor"], { env: { ...env, ONSYNC_API_KEY: "onsync_pk_test_wrong" } });
      expect(wrong.code).toBe(1);
      expect(wrong.stdout).toContain("✗ key ");
    } finally {
      await reference.close();
    }
  });

  test("ends with 1 where there is no key, or the base URL cannot be one", async () => {
    const keyless = await onsync(["doctor", "--json"]);
    expect(keyless.code).toBe(1);
    expect(JSON.parse(keyless.stdout)).toMatchObject({ ok: false, checks: [{ name: "key", status: "failed" }] });
    const env = { ONSYNC_API_KEY: "k", ONSYNC_BASE_URL: "ftp://example.com" };
    const { code, stdout } = await onsync(["doctor"], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ API +ONSYNC_BASE_URL must be/);
  });
});
