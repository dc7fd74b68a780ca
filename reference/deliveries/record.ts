/** What the database keeps of an attempt: the attempt itself, what becomes of the delivery, and the endpoint's counts. */
import type { ReferenceContext } from "../context.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import { calculateRetryDelay, maxAttempts } from "./backoff.ts";
import { type AttemptOutcome, isAcknowledged } from "./send.ts";

/** An attempt was made: the delivery is over, or due again after the delay of its next attempt. */
export function recordAttempt(
  { store, clock, random, changes, counters }: ReferenceContext,
  delivery: StoredDelivery,
  at: number,
  outcome: AttemptOutcome,
): void {
  store.transaction(() => {
    // The endpoint may have been removed meanwhile, and its waiting deliveries with it.
    if (store.deliveries.byId(delivery.id)?.status !== "pending") return;
    const roundAttempts = delivery.roundAttempts + 1;
    const again = !isAcknowledged(outcome) && roundAttempts < maxAttempts;
    const status = again ? "pending" : isAcknowledged(outcome) ? "delivered" : "failed";
    const dueAt = again ? clock.now() + calculateRetryDelay(roundAttempts, random()) : delivery.dueAt;
    store.deliveries.insertAttempt(delivery.seq, { at, ...outcome });
    store.deliveries.setState(delivery.seq, { status, roundAttempts, dueAt });
    store.webhooks.count(delivery.webhookId, {
      delivered: status === "delivered" ? 1 : 0,
      failed: status === "failed" ? 1 : 0,
      pending: again ? 0 : -1,
      retried: roundAttempts > 1 ? 1 : 0,
      attempt: { at, statusCode: outcome.statusCode },
    });
    counters.countAttempt(delivery.orgId, {
      outcome: again ? "retried" : isAcknowledged(outcome) ? "delivered" : "failed",
      durationMs: outcome.durationMs,
    });
    changes.note({ kind: "delivery", id: delivery.id });
    changes.note({ kind: "webhook", id: delivery.webhookId });
  });
}

/** A new round of attempts begins: the delivery is due now. One that was pending goes on with the round it is in. */
export function recordRedelivery({ store, clock, changes }: ReferenceContext, delivery: StoredDelivery): void {
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
}
