/**
 * An org's budget of requests (docs/contract.md, "Rate limit"): a token bucket that holds the ceiling and refills evenly
 * over the hour, which is what docs/onsync-api.txt calls burst-friendly. Whole numbers only, so that nothing is gained or
 * lost by rounding: a token is 3,600,000 parts, and every millisecond adds as many parts as the ceiling counts.
 */
import type { Bucket } from "../store/orgs.ts";

export const hourMs = 60 * 60 * 1000;
const partsPerToken = hourMs;

/** The largest ceiling whose parts are still exact numbers. */
export const maxCeiling = 1_000_000_000;

export function createFullBucket(ceiling: number, now: number): Bucket {
  return { level: ceiling * partsPerToken, at: now };
}

/** The bucket at `now`. A clock that was set back starts to refill anew from there. */
function refillBucket(bucket: Bucket, ceiling: number, now: number): Bucket {
  const elapsed = Math.min(Math.max(now - bucket.at, 0), hourMs);
  return { level: Math.min(ceiling * partsPerToken, bucket.level + elapsed * ceiling), at: now };
}

export type Budget = {
  bucket: Bucket;
  /** Whole requests left. */
  remaining: number;
  /** Until the bucket is full if nothing more is spent. */
  fullInMs: number;
  /** Until the next request is admitted; 0 when one is left. */
  retryInMs: number;
};

export function readBudget(bucket: Bucket, ceiling: number, now: number): Budget {
  const refilled = refillBucket(bucket, ceiling, now);
  return {
    bucket: refilled,
    remaining: Math.floor(refilled.level / partsPerToken),
    fullInMs: Math.ceil((ceiling * partsPerToken - refilled.level) / ceiling),
    retryInMs: Math.ceil(Math.max(partsPerToken - refilled.level, 0) / ceiling),
  };
}

/** The budget after a request, and whether there was a token for it. */
export type Charge = Budget & { admitted: boolean };

/** Spends one token if there is one. A refusal costs nothing, or a client that waits could never recover. */
export function spendToken(bucket: Bucket, ceiling: number, now: number): Charge {
  const { level } = refillBucket(bucket, ceiling, now);
  const admitted = level >= partsPerToken;
  return { admitted, ...readBudget({ level: admitted ? level - partsPerToken : level, at: now }, ceiling, now) };
}
