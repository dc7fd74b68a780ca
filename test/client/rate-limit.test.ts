import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readRateLimit, readRetryAfter } from "../../src/client/rate-limit.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";

const now = Date.parse("2024-12-01T10:00:00.000Z");
const seconds = now / 1000;

describe("readRetryAfter", () => {
  test.each([
    ["seconds", { "retry-after": "7" }, 7_000],
    ["a name in any case", { "Retry-After": "7" }, 7_000],
    ["a name in capitals", { "RETRY-AFTER": "7" }, 7_000],
    ["seconds with a fraction", { "retry-after": "0.25" }, 250],
    ["white space", { "retry-after": " 7 " }, 7_000],
    ["a list of lines", { "retry-after": ["7"] }, 7_000],
    ["an HTTP date", { "retry-after": "Sun, 01 Dec 2024 10:00:09 GMT" }, 9_000],
    ["an RFC 850 date", { "retry-after": "Sunday, 01-Dec-24 10:00:09 GMT" }, 9_000],
    ["an asctime date, which is in GMT", { "retry-after": "Sun Dec  1 10:00:09 2024" }, 9_000],
    ["an ISO date", { "retry-after": "2024-12-01T10:00:09Z" }, 9_000],
    ["a date of the past", { "retry-after": "Sun, 01 Dec 2024 09:00:00 GMT" }, 0],
    [
      "a date, counted from the answer's own Date",
      { "retry-after": "Sun, 01 Dec 2024 11:00:09 GMT", date: "Sun, 01 Dec 2024 11:00:00 GMT" },
      9_000,
    ],
    ["Retry-After before all else", { "retry-after": "7", ratelimit: '"org";r=0;t=99' }, 7_000],
    ["t of RateLimit", { ratelimit: '"org";r=0;t=12' }, 12_000],
    ["t of the policy that is used up", { ratelimit: '"hour";r=900;t=12, "day";r=0;t=4000' }, 4_000_000],
    ["t of the policy that is used up, on a line of its own", { ratelimit: ['"a";r=9;t=12', '"b";r=0;t=40'] }, 40_000],
    ["t of the first of two that are used up alike", { ratelimit: '"a";r=1;t=12, "b";r=1;t=40' }, 12_000],
    ["t of a policy that tells what is left", { ratelimit: '"a";q=5, "b";r=5;t=40' }, 40_000],
    ["an instant in seconds that is past", { "x-ratelimit-reset": String(seconds - 5) }, 0],
    ["an instant in milliseconds that is past", { "x-ratelimit-reset": String(now - 5_000) }, 0],
    ["an ISO date with a zone", { "retry-after": "2024-12-01T14:00:09+04:00" }, 9_000],
    ["reset of an older draft", { ratelimit: "limit=100, remaining=0, reset=5" }, 5_000],
    ["RateLimit-Reset, in seconds", { "ratelimit-reset": "5" }, 5_000],
    ["X-RateLimit-Reset, in seconds from now", { "x-ratelimit-reset": "5" }, 5_000],
    ["X-RateLimit-Reset, an instant in seconds", { "x-ratelimit-reset": String(seconds + 5) }, 5_000],
    ["X-RateLimit-Reset, an instant in milliseconds", { "x-ratelimit-reset": String(now + 5_000) }, 5_000],
    ["nothing readable: Retry-After in words", { "retry-after": "2 minutes" }, null],
    ["nothing readable: a day that no week has", { "retry-after": "Some, 01 Dec 2024 10:00:09 GMT" }, null],
    ["nothing readable: an instant that no calendar has", { "retry-after": "Sun, 99 Dec 2024 10:00:09 GMT" }, null],
    ["nothing readable: seconds with a unit", { "retry-after": "7s" }, null],
    ["nothing readable: a negative number", { "retry-after": "-1" }, null],
    ["nothing at all", {}, null],
  ])("reads %s", (_what, headers, expected) => {
    expect(readRetryAfter(429, headers, now)).toBe(expected);
  });

  test("takes the reset headers for a wait on a 429 alone", () => {
    const headers = { ratelimit: '"org";r=900;t=360' };
    expect(readRetryAfter(429, headers, now)).toBe(360_000);
    expect(readRetryAfter(503, headers, now)).toBeNull();
    expect(readRetryAfter(503, { "retry-after": "3" }, now)).toBe(3_000);
  });

  test("property: never shortened, whichever form it comes in", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 100_000 }),
        fc.nat({ max: 999 }),
        fc.constantFrom("seconds", "date", "dated"),
        (wait, skew, form) => {
          const at = (instant: number) => new Date(instant).toUTCString();
          // A server's clock in whole seconds, as Date shows it, is up to a second behind what it is.
          const serverNow = form === "dated" ? now + 3_600_000 + skew : now;
          const headers = {
            seconds: { "retry-after": String(wait) },
            date: { "retry-after": at(now + wait * 1000) },
            dated: { "retry-after": at(serverNow - skew + wait * 1000), date: at(serverNow) },
          }[form];
          expect(readRetryAfter(429, headers, now)).toBeGreaterThanOrEqual(wait * 1000);
        },
      ),
      { numRuns: chooseRuns(300) },
    );
  });

  test("property: no header makes it throw, or wait for a negative or unending time", () => {
    const value = fc.oneof(fc.string(), fc.stringMatching(/^[-\d.;=,"rtqw ]{0,30}$/));
    fc.assert(
      fc.property(
        fc.record(
          {
            "retry-after": value,
            ratelimit: value,
            "ratelimit-policy": value,
            "x-ratelimit-reset": value,
            date: value,
          },
          { requiredKeys: [] },
        ),
        (headers) => {
          const wait = readRetryAfter(429, headers, now);
          expect(wait === null || (Number.isFinite(wait) && wait >= 0)).toBe(true);
          readRateLimit(headers, now);
        },
      ),
      { numRuns: chooseRuns(500) },
    );
  });
});

describe("readRateLimit", () => {
  test.each([
    [
      "RateLimit and RateLimit-Policy",
      { "ratelimit-policy": '"org";q=1000;w=3600', ratelimit: '"org";r=987;t=47' },
      { limit: 1000, remaining: 987, resetAt: "2024-12-01T10:00:47.000Z" },
    ],
    [
      "the policy that runs out first, with its own quota",
      {
        "ratelimit-policy": '"day";q=9000;w=86400, "hour";q=1000;w=3600',
        ratelimit: '"day";r=8000;t=80000, "hour";r=2;t=60',
      },
      { limit: 1000, remaining: 2, resetAt: "2024-12-01T10:01:00.000Z" },
    ],
    [
      "one header of an older draft",
      { ratelimit: "limit=100, remaining=50, reset=30" },
      { limit: 100, remaining: 50, resetAt: "2024-12-01T10:00:30.000Z" },
    ],
    [
      "RateLimit-Limit and its sisters",
      { "ratelimit-limit": "100, 100;w=60", "ratelimit-remaining": "50", "ratelimit-reset": "30" },
      { limit: 100, remaining: 50, resetAt: "2024-12-01T10:00:30.000Z" },
    ],
    [
      "X-RateLimit-*",
      { "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(seconds + 30) },
      { limit: 100, remaining: 0, resetAt: "2024-12-01T10:00:30.000Z" },
    ],
    [
      "a policy's quota by its name",
      { "ratelimit-policy": '"a";q=1, "b" ; q=2', ratelimit: '"b";r=5' },
      { limit: 2, remaining: 5, resetAt: null },
    ],
    [
      "the first quota where the policy has none of its name",
      { "ratelimit-policy": '"a";q=1, "b";q=2', ratelimit: '"c";r=5' },
      { limit: 1, remaining: 5, resetAt: null },
    ],
    ["a policy alone", { "ratelimit-policy": '"a";q=1' }, { limit: 1, remaining: null, resetAt: null }],
    [
      "a reset alone",
      { "ratelimit-reset": "30" },
      { limit: null, remaining: null, resetAt: "2024-12-01T10:00:30.000Z" },
    ],
    ["one number alone", { "x-ratelimit-remaining": "3" }, { limit: null, remaining: 3, resetAt: null }],
    [
      "an instant no date can show",
      { "x-ratelimit-reset": "9".repeat(30) },
      { limit: null, remaining: null, resetAt: null },
    ],
  ])("reads %s", (_what, headers, expected) => {
    expect(readRateLimit(headers, now)).toEqual(expected);
  });

  test("is null where the headers say nothing", () => {
    expect(readRateLimit({ "content-type": "application/json", ratelimit: undefined }, now)).toBeNull();
  });
});
