/** Whether an address wants what it is sent: it is asked before the first event, so that nobody else's is flooded. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../src/client/index.ts";
import type { Deliver } from "../../src/http/guarded-post.ts";
import { createMessageId, postSigned } from "./post.ts";
import type { EventSubscription, FailureReason } from "./subscription.ts";

/** How long an address that has answered is not asked again, in milliseconds. */
const maxAgeMs = 5 * 60_000;
const maxEntries = 1000;

export function createEndpointChecks(deliver: Deliver, { now }: Pick<Clock, "now">) {
  const answered = new LRUCache<string, number>({ max: maxEntries });

  /** @returns why the address is not delivered to; `undefined`: it may be */
  return async (subscription: EventSubscription): Promise<FailureReason | undefined> => {
    const { principal, url, secret } = subscription;
    const key = JSON.stringify([principal, url, secret]);
    const at = answered.get(key);
    if (at !== undefined && now() - at < maxAgeMs) return undefined;
    const challenge = randomBytes(24).toString("base64url");
    const message = { type: "verification", challenge };
    const posted = await postSigned(deliver, subscription, createMessageId("verification"), message, now());
    if (!posted.ok) return posted.reason;
    if (!isEcho(posted.body, challenge)) return "challenge_failed";
    answered.set(key, now());
    return undefined;
  };
}

function isEcho(body: string, challenge: string): boolean {
  try {
    const { challenge: echoed } = JSON.parse(body) as { challenge?: unknown };
    const [given, expected] = [Buffer.from(String(echoed)), Buffer.from(challenge)];
    return given.length === expected.length && timingSafeEqual(given, expected);
  } catch {
    // No JSON, or no object.
    return false;
  }
}
