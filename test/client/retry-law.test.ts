/** What holds for every sequence of failures and waits. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { CallOptions, OnSync, OnSyncError, OnSyncOptions, TransportResponse } from "../../src/client/index.ts";
import { chooseRuns } from "../../testing/jest/runs.ts";
import { html, json, networkError, refused, type Step, scriptedOnSync } from "../../testing/scripted.ts";

const contact = json(200, { id: "contact_1", tags: [], properties: {}, orgId: "org_1" });
/** Everything that may be done twice. */
const repeatable: Record<string, (onsync: OnSync, options?: CallOptions) => Promise<unknown>> = {
  read: (onsync, options) => onsync.contacts.get("contact_1", options),
  upsert: (onsync, options) => onsync.contacts.save({ phone: "+971500000000" }, options),
  PATCH: (onsync, options) => onsync.contacts.update("contact_1", { firstName: "Sara" }, options),
  DELETE: (onsync, options) => onsync.webhooks.delete("wh_1", options),
};
const read = repeatable.read as (onsync: OnSync, options?: CallOptions) => Promise<unknown>;

describe("property: under any sequence of failures", () => {
  type Attempt = { latency: number; retryAfter: number | null; outcome: "ok" | "busy" | "broken" | "down" | "wrong" };
  const attempt: fc.Arbitrary<Attempt> = fc.record({
    latency: fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 3_000 }) }, fc.constant(1e9)),
    retryAfter: fc.oneof(fc.constant(null), fc.nat({ max: 20 })),
    outcome: fc.constantFrom("ok", "busy", "busy", "broken", "down", "wrong"),
  });
  const answerOf = ({ outcome, retryAfter }: Attempt): TransportResponse => {
    const headers: Record<string, string> = retryAfter === null ? {} : { "retry-after": String(retryAfter) };
    if (outcome === "ok") return contact;
    if (outcome === "busy") return refused(429, "rate_limited", undefined, headers);
    if (outcome === "down") return html(503, headers);
    if (outcome === "wrong") return refused(400, "validation_failed");
    throw networkError("ECONNRESET");
  };

  test("Retry-After is never shortened, the deadline never exceeded, no attempt is one too many", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(attempt, { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (attempts, maxAttempts, deadlineMs, random, ignoresSignal) => {
          const asked: number[] = [];
          const answered: number[] = [];
          const options: Partial<OnSyncOptions> = { maxAttempts, deadlineMs, random: () => random };
          const steps = attempts.map(
            (each): Step =>
              async ({ signal }) => {
                asked.push(clock.now());
                await clock.sleep(each.latency, ignoresSignal ? undefined : signal);
                answered.push(clock.now());
                return answerOf(each);
              },
          );
          const { onsync, clock, requests } = scriptedOnSync(steps, options);
          const startedAt = clock.now();
          const error = await read(onsync).then(
            () => undefined,
            (thrown: OnSyncError) => thrown,
          );

          expect(clock.now() - startedAt).toBeLessThanOrEqual(deadlineMs);
          expect(requests.length).toBeLessThanOrEqual(maxAttempts);
          for (const [index, at] of asked.slice(1).entries()) {
            const { outcome, retryAfter } = attempts[index] as Attempt;
            const wait = outcome === "busy" || outcome === "down" ? (retryAfter ?? 0) * 1000 : 0;
            expect(at - (answered[index] as number)).toBeGreaterThanOrEqual(wait);
          }
          const last = attempts[requests.length - 1] as Attempt;
          if (error === undefined) expect(last.outcome).toBe("ok");
          else if (error.name === "TimeoutError") expect(clock.now() - startedAt).toBe(deadlineMs);
          else if (last.outcome === "wrong") expect(error.name).toBe("ValidationError");
          // Whatever else ended the call, another attempt was not possible: none was left, or its time would have come too late.
          else if (requests.length < maxAttempts) {
            const backoff = random * 500 * 2 ** (requests.length - 1);
            const wait = Math.max(last.outcome === "broken" ? 0 : (last.retryAfter ?? 0) * 1000, backoff);
            expect(clock.now() + wait).toBeGreaterThanOrEqual(startedAt + deadlineMs);
          }
        },
      ),
      { numRuns: chooseRuns(300) },
    );
  });
});
