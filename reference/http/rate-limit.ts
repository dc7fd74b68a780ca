/** The rate limit as callers meet it: what a request costs, the headers that tell of it, and the 429. */
import type { ReferenceContext } from "../context.ts";
import { type Charge, hourMs, spendToken } from "../inbox/budget.ts";
import type { Org } from "../store/orgs.ts";
import { Refusal } from "./answers.ts";

/** Every request of a known caller costs a token, errors included; a 429 costs nothing. */
export function chargeRequest({ store, clock }: ReferenceContext, org: Org): Charge {
  const charge = spendToken(org.bucket, org.rateLimit, clock.now());
  if (charge.admitted) store.orgs.setBucket(org, charge.bucket);
  return charge;
}

function toWholeSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

/** The headers of every answer to a caller who is known (IETF draft "RateLimit header fields", 11). */
export function rateLimitHeaders(charge: Charge, ceiling: number): Record<string, string> {
  return {
    "RateLimit-Policy": `"org";q=${ceiling};w=${toWholeSeconds(hourMs)}`,
    RateLimit: `"org";r=${charge.remaining};t=${toWholeSeconds(charge.fullInMs)}`,
    ...(charge.admitted ? {} : { "Retry-After": String(toWholeSeconds(charge.retryInMs)) }),
  };
}

/** @throws Refusal 429 where the org had no token left */
export function requireBudget(charge: Charge, ceiling: number): void {
  if (charge.admitted) return;
  throw new Refusal(
    "rate_limited",
    `The org's ${ceiling} requests an hour are spent. Wait ${toWholeSeconds(charge.retryInMs)} s before the next request, or ask support for a higher ceiling.`,
  );
}
