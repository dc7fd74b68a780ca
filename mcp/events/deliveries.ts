/**
 * Delivers the events of subscriptions, each subscription's in order: the next when the endpoint has taken the one before,
 * or it was given up. So the cursor that goes along is always safe to come back with.
 */
import type { Clock } from "../../src/client/index.ts";
import type { Deliver } from "../../src/http/guarded-post.ts";
import type { Events, PollAnswer } from "../surface/events.ts";
import { createMessageId, postSigned } from "./post.ts";
import type { EventSubscription, SubscriptionStore } from "./subscription.ts";

/** How long one wait for events lasts, in seconds. */
const waitSeconds = 20;
/** How long a server that has the right to deliver keeps it without a word, in milliseconds. */
const leaseMs = 60_000;
const pauseMs = 5000;
/** Waits between the attempts at one event, in milliseconds; behind the last the subscription rests until it is refreshed. */
const retryDelaysMs = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

export type Deliveries = {
  /** A subscription is there, or has been refreshed. */
  start(id: string): void;
  close(): Promise<void>;
};

export type DeliveriesOptions = {
  store: SubscriptionStore;
  events: Events;
  deliver: Deliver;
  clock: Clock;
  /** Names this server among those that share the store. */
  owner: string;
  /** The extension's code for a caller that may not have the events any more. */
  forbidden: number;
};

type Delivering = DeliveriesOptions & {
  /** Aborted when the server closes. */
  signal: AbortSignal;
};

function find({ store, clock }: Delivering, id: string): EventSubscription | undefined {
  const subscription = store.get(id);
  if (subscription === undefined || clock.now() < subscription.expiresAt) return subscription;
  store.remove(id);
  return undefined;
}

function update({ store }: Delivering, id: string, changes: Partial<EventSubscription>): void {
  const subscription = store.get(id);
  if (subscription) store.put({ ...subscription, ...changes });
}

function sleep({ clock, signal }: Delivering, ms: number): Promise<void> {
  return clock.sleep(ms, signal).catch(() => {});
}

/** @returns whether the endpoint took it, or it was given up for good */
async function deliverOne(context: Delivering, id: string, messageId: string, message: object): Promise<boolean> {
  const { store, clock, deliver, owner, signal } = context;
  for (let attempt = 0; ; attempt++) {
    const subscription = find(context, id);
    if (!subscription?.active || signal.aborted) return false;
    const posted = await postSigned(deliver, subscription, messageId, message, clock.now());
    if (posted.ok) {
      update(context, id, { lastDeliveryAt: clock.now(), lastError: null, failedSince: null });
      return true;
    }
    if (posted.gone) {
      store.remove(id);
      return false;
    }
    update(context, id, { lastError: posted.reason, failedSince: subscription.failedSince ?? clock.now() });
    if (posted.tooLarge) return true;
    const delay = retryDelaysMs[attempt];
    if (delay === undefined) {
      update(context, id, { active: false });
      return false;
    }
    store.lease(id, owner, clock.now(), clock.now() + delay + leaseMs);
    await sleep(context, delay);
  }
}

/** @returns whether it goes on */
async function deliverAnswer(context: Delivering, id: string, answer: PollAnswer): Promise<boolean> {
  if (!answer.found) {
    const subscription = find(context, id);
    if (answer.why === "forbidden" && subscription) {
      await endSubscription(context, subscription, answer.message);
      return false;
    }
    await sleep(context, pauseMs);
    return true;
  }
  const { cursor } = answer;
  if (answer.truncated && !(await deliverOne(context, id, createMessageId("gap"), { type: "gap", cursor })))
    return false;
  for (const event of answer.events) {
    if (!(await deliverOne(context, id, event.eventId, { ...event, cursor }))) return false;
  }
  update(context, id, { cursor });
  return true;
}

/** The caller may not have the events any more: the endpoint is told so, once. */
async function endSubscription(context: Delivering, subscription: EventSubscription, message: string): Promise<void> {
  const { store, deliver, clock, forbidden } = context;
  store.remove(subscription.id);
  const ended = { type: "terminated", error: { code: forbidden, message } };
  await postSigned(deliver, subscription, createMessageId("terminated"), ended, clock.now());
}

async function run(context: Delivering, id: string): Promise<void> {
  const { store, events, clock, owner, signal } = context;
  while (!signal.aborted) {
    const subscription = find(context, id);
    if (!subscription?.active) return;
    if (!store.lease(id, owner, clock.now(), clock.now() + leaseMs)) {
      await sleep(context, pauseMs);
      continue;
    }
    const { name, cursor } = subscription;
    const answer = await events.poll({ name, cursor, maxEvents: 1 }, { signal }, waitSeconds);
    if (signal.aborted || !(await deliverAnswer(context, id, answer))) return;
  }
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store, owner, clock } = options;
  const closing = new AbortController();
  const context = { ...options, signal: closing.signal };
  const running = new Map<string, Promise<void>>();

  const start = (id: string) => {
    if (running.has(id) || closing.signal.aborted) return;
    const ended = run(context, id)
      .finally(() => {
        running.delete(id);
        // Another server may go on at once.
        if (closing.signal.aborted) store.lease(id, owner, clock.now(), clock.now());
      })
      // An error of the store's own ends the loop; the next refresh begins it again.
      .catch(() => {});
    running.set(id, ended);
  };

  for (const { id } of store.list()) start(id);
  return {
    start,
    async close() {
      closing.abort();
      await Promise.all(running.values());
    },
  };
}
