import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { calculateRetryDelay } from "../../../src/webhooks/dispatcher/retry-delay.ts";

describe("calculateRetryDelay", () => {
  const retries = { attempts: 10, firstMs: 1000, longestMs: 60_000 };

  test("property: half of the doubled wait is certain, the rest is jitter, and there is a longest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const whole = Math.min(60_000, 1000 * 2 ** (failures - 1));
          const wait = calculateRetryDelay(failures, random, retries);
          expect(wait).toBeGreaterThanOrEqual(whole / 2);
          expect(wait).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });
});
