/** When a delivery is tried again: exponential backoff with jitter, four attempts in all. */
export const maxAttempts = 4;

const baseMs = 30_000;
const factor = 4;
const jitter = 0.2;

/**
 * @param attempts attempts made so far, 1 to 3
 * @param random 0 ≤ n < 1
 * @returns milliseconds to the next attempt: 30 s, 120 s, 480 s, each ±20 %
 */
export function calculateRetryDelay(attempts: number, random: number): number {
  return Math.round(baseMs * factor ** (attempts - 1) * (1 - jitter + 2 * jitter * random));
}
