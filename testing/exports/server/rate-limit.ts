/** The org's budget, as docs/contract.md has it: a bucket that is refilled evenly over the hour; the hour may be a short one. */
export type Limit = { quota: number; windowSeconds: number };

export class RateLimit {
  readonly #limit: Limit;
  #tokens: number;
  #filledAt = performance.now();

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.quota;
  }

  #fill(): void {
    const { quota, windowSeconds } = this.#limit;
    const now = performance.now();
    this.#tokens = Math.min(quota, this.#tokens + ((now - this.#filledAt) / 1000) * (quota / windowSeconds));
    this.#filledAt = now;
  }

  /** @returns how many seconds to wait; 0: it was taken */
  take(count = 1): number {
    this.#fill();
    if (this.#tokens < count) {
      const { quota, windowSeconds } = this.#limit;
      return Math.max(1, Math.ceil(((count - this.#tokens) * windowSeconds) / quota));
    }
    this.#tokens -= count;
    return 0;
  }

  headers(): Record<string, string> {
    this.#fill();
    const { quota, windowSeconds } = this.#limit;
    const full = Math.ceil(((quota - this.#tokens) * windowSeconds) / quota);
    return {
      "ratelimit-policy": `"org";q=${quota};w=${windowSeconds}`,
      ratelimit: `"org";r=${Math.floor(this.#tokens)};t=${full}`,
    };
  }
}
