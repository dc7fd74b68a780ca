/** A subscription of the MCP Events extension by webhook: events of one kind, delivered to one address, for a time. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../src/client/wire/canonical-json.ts";

/** How a delivery failed: never a word of the endpoint's own. */
export type FailureReason =
  | "connection_refused"
  | "timeout"
  | "tls_error"
  | "http_4xx"
  | "http_5xx"
  | "challenge_failed";

export type EventSubscription = {
  /** Follows from whose it is, where it leads and what it is for. Names a subscription, and opens none. */
  id: string;
  /** Whose: a caller that was let in. */
  principal: string;
  url: string;
  /** The event's name. */
  name: string;
  /** The latest first; one before it signs too until `previousSecretUntil`. */
  secret: string;
  previousSecret: string | null;
  previousSecretUntil: number;
  /** Everything up to here has been taken by the endpoint, or given up. */
  cursor: string;
  /** Milliseconds since 1970, as all times here. */
  expiresAt: number;
  /** Whether it is delivered to: not after failing for long, until it is refreshed. */
  active: boolean;
  lastDeliveryAt: number | null;
  lastError: FailureReason | null;
  failedSince: number | null;
};

/** @returns the same for the same caller, address and event, whichever replica is asked, before and after a restart */
export function createSubscriptionId(principal: string, url: string, name: string): string {
  const hash = createHash("sha256").update(canonicalJson(["onsync event subscription", principal, url, name, {}]));
  return `sub_${hash.digest("hex").slice(0, 32)}`;
}

/** Where subscriptions are kept. Its methods are synchronous: a file on this machine, or memory. */
export type SubscriptionStore = {
  /** Whether it outlives the process: then longer subscriptions are granted. */
  readonly durable: boolean;
  get(id: string): EventSubscription | undefined;
  list(): EventSubscription[];
  put(subscription: EventSubscription): void;
  remove(id: string): void;
  /**
   * Takes the right to deliver for a while: of several servers on one store one has it.
   *
   * @returns whether it was to be had
   */
  lease(id: string, owner: string, now: number, until: number): boolean;
  close(): void;
};

export function createMemorySubscriptions(): SubscriptionStore {
  const kept = new Map<string, EventSubscription>();
  return {
    durable: false,
    get: (id) => kept.get(id),
    list: () => [...kept.values()],
    put: (subscription) => void kept.set(subscription.id, subscription),
    remove: (id) => void kept.delete(id),
    lease: () => true,
    close: () => kept.clear(),
  };
}
