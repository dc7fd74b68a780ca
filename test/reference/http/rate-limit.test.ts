/** The token bucket: its laws, and how the API shows it. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createFullBucket, hourMs, spendToken } from "../../../reference/inbox/budget.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { hour, minute, start, still } from "../caller.ts";

const ceilings = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1000, 999_983, 1_000_000_000));
/** Milliseconds between requests: bursts, trickles, pauses, and a clock that is set back. */
const gaps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 2 * hourMs })),
  {
    minLength: 1,
    maxLength: 80,
  },
);

/** When, of all requests, the admitted ones came. */
function admissions(ceiling: number, between: readonly number[], now = start): number[] {
  let bucket = createFullBucket(ceiling, now);
  let at = now;
  return between.flatMap((gap) => {
    at += gap;
    const verdict = spendToken(bucket, ceiling, at);
    bucket = verdict.bucket;
    return verdict.admitted ? [at] : [];
  });
}

describe("the bucket", () => {
  test("in any window of length t admits at most ceiling + ceiling·t/hour", () => {
    fc.assert(
      fc.property(ceilings, gaps, (ceiling, between) => {
        const admitted = admissions(ceiling, between);
        for (const [first, from] of admitted.entries()) {
          for (let last = first; last < admitted.length; last += 1) {
            const t = (admitted[last] as number) - from;
            expect(last - first + 1).toBeLessThanOrEqual(ceiling + (ceiling * t) / hourMs);
          }
        }
      }),
      { numRuns: chooseRuns(500) },
    );
  });

  test("never admits more than its ceiling at once, and always its ceiling after an hour's rest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), gaps, fc.nat(100), (ceiling, between, more) => {
        const burst = Array<number>(ceiling + more).fill(0);
        const before = admissions(ceiling, between).length;
        const all = admissions(ceiling, [...between, hourMs, ...burst.slice(1)]);
        expect(all.length - before).toBe(Math.min(burst.length, ceiling));
      }),
      { numRuns: chooseRuns(500) },
    );
  });

  test("recovers: what a refusal says to wait is enough, to the millisecond and in whole seconds", () => {
    fc.assert(
      fc.property(ceilings, gaps, (ceiling, between) => {
        let bucket = createFullBucket(ceiling, start);
        let at = start;
        for (const gap of between) {
          at += gap;
          const verdict = spendToken(bucket, ceiling, at);
          bucket = verdict.bucket;
          if (verdict.admitted) continue;
          expect(verdict.retryInMs).toBeGreaterThan(0);
          expect(spendToken(bucket, ceiling, at + verdict.retryInMs - 1).admitted).toBe(false);
          expect(spendToken(bucket, ceiling, at + verdict.retryInMs).admitted).toBe(true);
          expect(spendToken(bucket, ceiling, at + Math.ceil(verdict.retryInMs / 1000) * 1000).admitted).toBe(true);
        }
      }),
      { numRuns: chooseRuns(500) },
    );
  });

  test("never refuses a caller who keeps an even pace, and loses nothing by rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), (ceiling, requests) => {
        const burst = Array<number>(ceiling).fill(0);
        const pace = Array<number>(requests).fill(Math.ceil(hourMs / ceiling));
        expect(admissions(ceiling, [...burst, ...pace]).length).toBe(ceiling + requests);
      }),
      { numRuns: chooseRuns(200) },
    );
  });

  test("a clock that is set back neither fills the bucket nor keeps it from refilling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 * hourMs }), (ceiling, back) => {
        let bucket = createFullBucket(ceiling, start);
        for (let count = 0; count < ceiling; count += 1) bucket = spendToken(bucket, ceiling, start).bucket;
        const set = spendToken(bucket, ceiling, start - back);
        expect(set.admitted).toBe(false);
        expect(spendToken(set.bucket, ceiling, start - back + set.retryInMs).admitted).toBe(true);
      }),
      { numRuns: chooseRuns(200) },
    );
  });
});

describe("as the API shows it", () => {
  test("every request of a known caller costs one, errors too; a 429 and an unknown caller cost nothing", async () => {
    await using api = still({ rateLimit: 10 });
    const remaining = async (method: string, path: string, more = {}): Promise<string | null> =>
      (await api.call(method, path, undefined, more)).headers.get("ratelimit");
    const { key } = await api.reference.control.createKey({ scopes: [] });
    expect(await remaining("GET", "/v1/contacts")).toBe('"org";r=9;t=360');
    expect(await remaining("GET", "/v1/contacts/none")).toBe('"org";r=8;t=720');
    expect(await remaining("POST", "/v1/contacts", { raw: "{" })).toBe('"org";r=7;t=1080');
    expect(await remaining("GET", "/v1/contacts", { key })).toBe('"org";r=6;t=1440');
    expect(await remaining("GET", "/v1/orders")).toBe('"org";r=5;t=1800');
    expect(await remaining("PUT", "/v1/contacts")).toBe('"org";r=4;t=2160');
    expect(await remaining("GET", "/v1/contacts", { key: "wrong" })).toBeNull();
    expect(await remaining("GET", "/v1/openapi.json")).toBeNull();
    for (let left = 3; left >= 0; left -= 1) expect(await remaining("GET", "/v1/me")).toContain(`r=${left};`);
    for (let refused = 0; refused < 5; refused += 1) {
      const answer = await api.call("GET", "/v1/me");
      expect(answer.status).toBe(429);
      expect(answer.headers.get("ratelimit")).toBe('"org";r=0;t=3600');
      expect(answer.headers.get("ratelimit-policy")).toBe('"org";q=10;w=3600');
      expect(answer.headers.get("retry-after")).toBe("360");
    }
    await api.later(360_000);
    expect((await api.call("GET", "/v1/me")).status).toBe(200);
    expect((await api.call("GET", "/v1/me")).status).toBe(429);
  });

  test("all keys of an org share its budget; other orgs have their own ceiling", async () => {
    await using api = still({ rateLimit: 2 });
    const { control } = api.reference;
    const mine = await control.createKey();
    const org = await control.createOrg({ name: "Enterprise", rateLimit: 5 });
    const theirs = await control.createKey({ orgId: org.id });
    await api.call("GET", "/v1/me");
    await api.call("GET", "/v1/me", undefined, { key: mine.key });
    expect((await api.call("GET", "/v1/me")).status).toBe(429);
    expect((await api.call("GET", "/v1/me", undefined, { key: mine.key })).status).toBe(429);
    const answer = await api.call("GET", "/v1/me", undefined, { key: theirs.key });
    expect(answer.headers.get("ratelimit-policy")).toBe('"org";q=5;w=3600');
    expect(answer.body.rateLimit).toEqual({
      limit: 5,
      remaining: 4,
      resetAt: new Date(start + hour / 5).toISOString(),
    });
  });

  test("what a revoked key is answered counts for its org, on unknown routes too, and never blocks the answer", async () => {
    await using api = still({ rateLimit: 4 });
    const remaining = async () => (await api.call("GET", "/v1/me")).body.rateLimit?.remaining;
    const { id, key } = await api.reference.control.createKey();
    await api.reference.control.revokeKey(id);
    expect((await api.call("GET", "/v1/contacts", undefined, { key })).status).toBe(401);
    expect(await remaining()).toBe(2);
    expect((await api.call("GET", "/v1/nothing", undefined, { key })).status).toBe(404);
    expect(await remaining()).toBe(0);
    const refused = await api.call("GET", "/v1/contacts", undefined, { key });
    expect([refused.status, refused.headers.get("ratelimit")]).toEqual([401, null]);
    // What there is nothing left of is not spent below nothing.
    await api.later(15 * minute);
    expect(await remaining()).toBe(0);
  });

  test("concurrent requests are counted each", async () => {
    await using api = still({ rateLimit: 10 });
    const answers = await Promise.all(
      Array.from({ length: 25 }, (_, index) => api.call("POST", "/v1/contacts", { phone: `+9715000000${index + 10}` })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
    expect(new Set(answers.map(({ body }) => body.requestId)).size).toBe(25);
  });

  test.each([0, -1, 1.5, 1_000_000_001])("a ceiling of %s is refused", async (rateLimit) => {
    expect(() => still({ rateLimit })).toThrow(/must be/);
  });
});
