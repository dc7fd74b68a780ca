/**
 * A limit that the headers do not tell of, such as a gateway's: so many requests at once, and so many more each second. The
 * org's own, which they tell, is out of reach, so that nobody waits for an hour.
 */
export type Limit = { burst: number; perSecond: number };

const orgQuota = 1_000_000;
export const limitHeaders: Readonly<Record<string, string>> = {
  "ratelimit-policy": `"org";q=${orgQuota};w=3600`,
  ratelimit: `"org";r=${orgQuota - 1};t=1`,
};

export class RateLimit {
  readonly #limit: Limit;
  #tokens: number;
  #filledAt = performance.now();

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  /** @returns whether there was one left */
  take(): boolean {
    const now = performance.now();
    const { burst, perSecond } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
