/**
 * The deliveries of events to webhook endpoints. What is due is in the database; this sends it, one at a time an
 * endpoint and a bounded number in all, and writes down what came of it. An attempt that was under way when the
 * process ended is made again.
 */

import type { ReferenceContext } from "../context.ts";
import type { LateWork } from "../deviations/late-work.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import { maxAttempts, retryDelayMs } from "./backoff.ts";
import { type AttemptOutcome, attemptDelivery, type Deliver, deliveryHeaders, isAcknowledged } from "./send.ts";

const maxConcurrent = 16;
/** The longest a timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

export type Deliveries = {
  /** Starts what is due, and waits for what falls due next. Cheap: called after every request. */
  wake(): void;
  /** Every delivery that is due now has been attempted. */
  settled(): Promise<void>;
  /** Makes a new round of attempts for a delivery, and waits for the first of them (not where the endpoint is paused). */
  redeliver(delivery: StoredDelivery): Promise<void>;
  /** Moves the clock forward, through everything that falls due on the way, each at its own time. */
  advanceTo(instant: number): Promise<void>;
  advanceBy(ms: number): Promise<void>;
  /** Breaks off what is under way, runs `change` on a still world, and goes on. */
  interrupt(change: () => void): Promise<void>;
  close(): Promise<void>;
};

/**
 * @param late work of another kind, which falls due by the same clock
 * @param failed is told of an error of the reference's own; the delivery stays due
 */
export function createDeliveries(
  context: ReferenceContext,
  deliver: Deliver,
  late: LateWork,
  failed: (error: unknown) => void = () => {},
): Deliveries {
  const { store, clock, changes } = context;
  const busy = new Map<string, Promise<void>>();
  let still = false;
  let stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let advancing: Promise<void> = Promise.resolve();
  let lateCount = 0;

  const record = (delivery: StoredDelivery, at: number, outcome: AttemptOutcome): void =>
    store.transaction(() => {
      // The endpoint may have been removed meanwhile, and its waiting deliveries with it.
      if (store.deliveries.byId(delivery.id)?.status !== "pending") return;
      const roundAttempts = delivery.roundAttempts + 1;
      const again = !isAcknowledged(outcome) && roundAttempts < maxAttempts;
      const status = again ? "pending" : isAcknowledged(outcome) ? "delivered" : "failed";
      const dueAt = again ? clock.now() + retryDelayMs(roundAttempts, context.random()) : delivery.dueAt;
      store.deliveries.insertAttempt(delivery.seq, { at, ...outcome });
      store.deliveries.setState(delivery.seq, { status, roundAttempts, dueAt });
      store.webhooks.count(delivery.webhookId, {
        delivered: status === "delivered" ? 1 : 0,
        failed: status === "failed" ? 1 : 0,
        pending: again ? 0 : -1,
        retried: roundAttempts > 1 ? 1 : 0,
        attempt: { at, statusCode: outcome.statusCode },
      });
      changes.note({ kind: "delivery", id: delivery.id });
      changes.note({ kind: "webhook", id: delivery.webhookId });
    });

  const send = async (webhook: StoredWebhook, delivery: StoredDelivery): Promise<void> => {
    const { signal } = stop;
    const at = clock.now();
    const body = store.deliveries.body(delivery.eventId);
    const headers = deliveryHeaders(webhook, delivery, body);
    const outcome = await attemptDelivery(deliver, { url: webhook.url, headers, body }, signal);
    if (!signal.aborted) record(delivery, at, outcome);
  };

  const run = (webhook: StoredWebhook, delivery: StoredDelivery): Promise<void> =>
    send(webhook, delivery).then(
      () => {
        busy.delete(webhook.id);
        wake();
      },
      (error: unknown) => {
        busy.delete(webhook.id);
        failed(error);
      },
    );

  /** What may start now: the next delivery of each free endpoint, what has been due longest first. */
  const startable = (now: number): { webhook: StoredWebhook; delivery: StoredDelivery }[] =>
    store.webhooks
      .withDue(now)
      .filter((webhook) => !busy.has(webhook.id))
      .flatMap((webhook) => {
        const delivery = store.deliveries.nextDue(webhook.id, now);
        return delivery ? [{ webhook, delivery }] : [];
      })
      .sort((one, other) => one.delivery.dueAt - other.delivery.dueAt || one.delivery.seq - other.delivery.seq);

  /** When, after `now`, something falls due; `null` when nothing waits. */
  const earliestDue = (now: number): number | null => {
    const instants = [store.deliveries.earliestDue(now), late.earliestDue()].filter((instant) => instant !== null);
    return instants.length === 0 ? null : Math.min(...instants);
  };

  const wait = (): void => {
    clearTimeout(timer);
    if (clock.frozen) return;
    const now = clock.now();
    const next = earliestDue(now);
    if (next !== null) timer = setTimeout(wake, Math.min(next - now, maxTimerMs)).unref();
  };

  const doLate = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    busy.delete(name);
    wake();
  };

  const wake = (): void => {
    if (still) return;
    for (const work of late.takeAllDue()) {
      lateCount += 1;
      const name = `late ${lateCount}`;
      busy.set(name, doLate(name, work));
    }
    for (const { webhook, delivery } of startable(clock.now())) {
      if (busy.size >= maxConcurrent) break;
      busy.set(webhook.id, run(webhook, delivery));
    }
    wait();
  };

  const settled = async (): Promise<void> => {
    wake();
    while (busy.size > 0) await Promise.all(busy.values());
  };

  const advanceTo = async (instant: number): Promise<void> => {
    const running = !clock.frozen;
    clock.freeze();
    try {
      await settled();
      let next = earliestDue(clock.now());
      while (!still && next !== null && next <= instant) {
        clock.set(next);
        await settled();
        next = earliestDue(clock.now());
      }
      clock.set(instant);
    } finally {
      if (running) clock.resume();
    }
    wake();
  };

  // One after the other: two who turn the same hands would undo each other's work.
  const inTurn = (advance: () => Promise<void>): Promise<void> => {
    const turn = advancing.then(advance);
    advancing = turn.catch(() => {});
    return turn;
  };

  const halt = async (): Promise<void> => {
    still = true;
    clearTimeout(timer);
    stop.abort();
    late.clear();
    while (busy.size > 0) await Promise.all(busy.values());
  };

  return {
    wake,
    settled,
    advanceTo: (instant) => inTurn(() => advanceTo(instant)),
    advanceBy: (ms) => inTurn(() => advanceTo(clock.now() + ms)),
    redeliver: async (delivery) => {
      const { status, webhookId } = delivery;
      const roundAttempts = status === "pending" ? delivery.roundAttempts : 0;
      store.transaction(() => {
        store.deliveries.setState(delivery.seq, { status: "pending", roundAttempts, dueAt: clock.now() });
        store.webhooks.count(webhookId, {
          delivered: status === "delivered" ? -1 : 0,
          failed: status === "failed" ? -1 : 0,
          pending: status === "pending" ? 0 : 1,
        });
      });
      changes.note({ kind: "delivery", id: delivery.id });
      changes.note({ kind: "webhook", id: webhookId });
      wake();
      const before = store.deliveries.attempts(delivery.seq).length;
      while (busy.has(webhookId) && store.deliveries.attempts(delivery.seq).length === before) {
        await busy.get(webhookId);
      }
    },
    interrupt: async (change) => {
      await halt();
      try {
        change();
      } finally {
        stop = new AbortController();
        still = false;
      }
      wake();
    },
    close: halt,
  };
}
