import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { calculateRetryDelay } from "../../../src/webhooks/dispatcher/retry-delay.ts";

describe("calculateRetryDelay", () => {
  const retries = { attempts: 10, firstMs: 1000, longestMs: 60_000 };

  test("property: the delay doubles up to a maximum, and its upper half is jitter", () => {
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
