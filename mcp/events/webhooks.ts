/**
 * `events/subscribe` and `events/unsubscribe` of the MCP Events extension: a host names an address, and is sent events
 * there, signed, for a time that it renews.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../src/client/index.ts";
import type { Deliver } from "../../src/http/guarded-post.ts";
import { eventCodes } from "../protocol/event-codes.ts";
import { findWebhookUrlProblem } from "../safety/webhook-url.ts";
import type { Events, PollAnswer } from "../surface/events.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { createEndpointChecks } from "./endpoint-checks.ts";
import { isWebhookSecret } from "./standard-webhooks.ts";
import { createSubscriptionId, type EventSubscription, type SubscriptionStore } from "./subscription.ts";

const minuteMs = 60_000;
/** How long a subscription lasts where the host does not say, in milliseconds. */
const defaultTtlMs = 60 * minuteMs;
const minTtlMs = minuteMs;
/** The longest: what is kept in memory is gone at a restart, and only a refresh brings it back. */
const maxTtlMs = { memory: 60 * minuteMs, file: 7 * 24 * 60 * minuteMs } as const;
/** How long the secret before signs as well, in milliseconds. */
const bothSecretsMs = 5 * minuteMs;
/** How many subscriptions a caller has at most. */
export const maxSubscriptions = 100;

export type SubscribeParams = {
  name: string;
  url: string;
  secret: string;
  cursor: string | null;
  maxAgeMs: number | undefined;
  /** `null`: for as long as may be. */
  ttlMs: number | null | undefined;
};

export type Subscribed = {
  ok: true;
  id: string;
  refreshBefore: string;
  cursor: string;
  truncated: boolean;
  deliveryStatus?: { active: boolean; lastDeliveryAt: string | null; lastError: string | null; failedSince?: string };
};

export type Refused = { ok: false; code: number; message: string; data?: Record<string, unknown> };

const invalidParams = -32602;

function refuse(code: number, message: string, data?: Record<string, unknown>): Refused {
  return { ok: false, code, message, ...(data && { data }) };
}

export type EventWebhooksOptions = {
  store: SubscriptionStore;
  deliver: Deliver;
  clock: Clock;
  /** Hosts that may be delivered to though they are not public or not https. */
  allowedHosts?: readonly string[];
};

type Subscribing = EventWebhooksOptions & {
  events: Events;
  checkEndpoint: ReturnType<typeof createEndpointChecks>;
  deliveries: Deliveries;
};

export function createEventWebhooks(events: Events, options: EventWebhooksOptions) {
  const { store, deliver, clock } = options;
  const context: Subscribing = {
    ...options,
    events,
    checkEndpoint: createEndpointChecks(deliver, clock),
    deliveries: createDeliveries({
      store,
      events,
      deliver,
      clock,
      owner: randomUUID(),
      forbidden: eventCodes.forbidden,
    }),
  };
  return {
    deliveries: context.deliveries,
    subscribe: (principal: string, params: SubscribeParams) => subscribe(context, principal, params),
    async unsubscribe(principal: string, name: string, url: string): Promise<{ ok: true } | Refused> {
      const live = findLive(context, createSubscriptionId(principal, url, name));
      if (!live) return refuse(eventCodes.notFound, "There is no such subscription.", { kind: "subscription" });
      store.remove(live.id);
      return { ok: true };
    },
  };
}

function findLive({ store, clock }: Subscribing, id: string): EventSubscription | undefined {
  const known = store.get(id);
  return known && clock.now() < known.expiresAt ? known : undefined;
}

/** @returns when it ends, in milliseconds since 1970 */
function grant({ store, clock }: Subscribing, ttlMs: number | null | undefined): number {
  const longest = maxTtlMs[store.durable ? "file" : "memory"];
  const wanted = ttlMs === undefined ? defaultTtlMs : (ttlMs ?? longest);
  return clock.now() + Math.min(Math.max(Math.trunc(wanted), minTtlMs), longest);
}

function findParamsProblem({ allowedHosts }: Subscribing, { url, secret }: SubscribeParams): string | undefined {
  if (!isWebhookSecret(secret)) return "delivery.secret must be whsec_ and the base64 of 24 to 64 random bytes.";
  const problem = URL.canParse(url) ? findWebhookUrlProblem(url, allowedHosts) : "url must be an https address.";
  return problem && `delivery.${problem}`;
}

/** Whether the caller has as many as it may. */
function isFull({ store, clock }: Subscribing, principal: string): boolean {
  const own = store.list().filter((each) => each.principal === principal && clock.now() < each.expiresAt);
  return own.length >= maxSubscriptions;
}

async function subscribe(
  context: Subscribing,
  principal: string,
  params: SubscribeParams,
): Promise<Subscribed | Refused> {
  const { events, store, clock, checkEndpoint, deliveries } = context;
  const { name, url, secret, cursor, maxAgeMs } = params;
  const problem = findParamsProblem(context, params);
  if (problem !== undefined) return refuse(invalidParams, problem);
  const answer = await events.poll({ name, cursor, maxAgeMs, maxEvents: 1 });
  if (!answer.found) return toRefusal(answer);
  const id = createSubscriptionId(principal, url, name);
  const live = findLive(context, id);
  if (!live && isFull(context, principal)) {
    const data = { limit: "subscriptions", max: maxSubscriptions };
    return refuse(eventCodes.exhausted, `There are ${maxSubscriptions} subscriptions: end one first.`, data);
  }
  const rotated = live !== undefined && live.secret !== secret;
  const subscription: EventSubscription = {
    ...(live ?? { id, principal, url, name, lastDeliveryAt: null, lastError: null, failedSince: null }),
    secret,
    previousSecret: rotated ? live.secret : (live?.previousSecret ?? null),
    previousSecretUntil: rotated ? clock.now() + bothSecretsMs : (live?.previousSecretUntil ?? 0),
    // What the host has seen is before what is being delivered, or where a lapsed subscription goes on.
    cursor: live?.cursor ?? (cursor === null || answer.truncated ? answer.cursor : cursor),
    expiresAt: grant(context, params.ttlMs),
    active: true,
  };
  const reason = await checkEndpoint(subscription);
  if (reason !== undefined)
    return refuse(eventCodes.callbackEndpoint, "The address did not answer the challenge.", { reason });
  store.put(subscription);
  deliveries.start(id);
  return {
    ok: true,
    id,
    refreshBefore: new Date(subscription.expiresAt).toISOString(),
    cursor: subscription.cursor,
    truncated: live === undefined && answer.truncated,
    ...(live && { deliveryStatus: describeDelivery(live) }),
  };
}

export type EventWebhooks = ReturnType<typeof createEventWebhooks>;

function toRefusal(answer: PollAnswer & { found: false }): Refused {
  if (answer.why === "unknown") return refuse(eventCodes.notFound, answer.message, { kind: "event" });
  if (answer.why === "forbidden") return refuse(eventCodes.forbidden, answer.message);
  return refuse(answer.why === "invalid" ? invalidParams : -32603, answer.message);
}

function toTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function describeDelivery({ active, lastDeliveryAt, lastError, failedSince }: EventSubscription) {
  return {
    active,
    lastDeliveryAt: toTime(lastDeliveryAt),
    lastError,
    ...(failedSince !== null && { failedSince: new Date(failedSince).toISOString() }),
  };
}
