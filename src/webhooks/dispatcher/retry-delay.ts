/** When a hand-on that failed is tried again. */

export type Retries = {
  /** Refusals after which an event is dead. 10 by default, which takes four to nine minutes. */
  attempts: number;
  /** Milliseconds to the first repeat; each later one takes twice as long. */
  firstMs: number;
  /** The longest wait, in milliseconds. */
  longestMs: number;
};

export const defaultRetries: Retries = { attempts: 10, firstMs: 1000, longestMs: 5 * 60_000 };

/**
 * @param failures failed hand-ons so far, from 1
 * @param random 0 ≤ n < 1: half of the wait is jitter, so that what failed together does not come back together
 * @returns milliseconds to the next
 */
export function calculateRetryDelay(failures: number, random: number, { firstMs, longestMs }: Retries): number {
  const whole = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 40));
  return Math.round(whole / 2 + (whole / 2) * random);
}
