/**
 * The deliveries of events to webhook endpoints. What is due is in the database; this sends it, one at a time an
 * endpoint and a bounded number in all, and writes down what came of it. An attempt that was under way when the
 * process ended is made again.
 */

import type { Deliver } from "../../src/http/guarded-post.ts";
import { carryDue } from "../automation/carrier.ts";
import type { ReferenceContext } from "../context.ts";
import type { LateWork } from "../deviations/late-work.ts";
import { createMutex } from "../mutex.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import { recordAttempt, recordRedelivery } from "./record.ts";
import { attemptDelivery, deliveryHeaders } from "./send.ts";

const maxConcurrent = 16;
/** The longest a timer can wait. */
const maxTimerMs = 2 ** 31 - 1;

function findEarliest(...instants: (number | null)[]): number | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : Math.min(...known);
}

type Parts = {
  context: ReferenceContext;
  deliver: Deliver;
  /** Work of another kind, which falls due by the same clock. */
  late: LateWork;
  /** Is told of an error of the reference's own; the delivery stays due. */
  reportError: (error: unknown) => void;
};

export class DeliveryScheduler {
  readonly #parts: Parts;
  /** What is under way: attempts by their endpoint's id, late work by a name of its own. */
  readonly #running = new Map<string, Promise<void>>();
  #isHalted = false;
  #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #lateCount = 0;
  // Two who move the clock at once would undo each other's work.
  readonly #runInTurn = createMutex();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts what is due, and waits for what falls due next. Cheap: called after every request. */
  wake(): void {
    if (this.#isHalted) return;
    const { clock } = this.#parts.context;
    let next = this.#findNextDue();
    if (next !== null && next <= clock.now()) {
      this.#startDue();
      next = this.#findEarliestDue(clock.now());
    }
    this.#setTimer(next);
  }

  #startDue(): void {
    const { context, late } = this.#parts;
    this.#carry();
    for (const work of late.takeAllDue()) {
      this.#lateCount += 1;
      this.#run(`late ${this.#lateCount}`, work, { wakesAfterError: true });
    }
    for (const { webhook, delivery } of this.#listStartable(context.clock.now())) {
      if (this.#running.size >= maxConcurrent) break;
      // A delivery that an error of the reference's own stopped is still due: started again at once it would fail for ever.
      this.#run(webhook.id, () => this.#attempt(webhook, delivery), { wakesAfterError: false });
    }
  }

  /** Every delivery that is due now has been attempted. */
  async settled(): Promise<void> {
    this.wake();
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** Makes a new round of attempts for a delivery, and waits for the first of them (not where the endpoint is paused). */
  async redeliver(delivery: StoredDelivery): Promise<void> {
    const { context } = this.#parts;
    recordRedelivery(context, delivery);
    this.wake();
    const countAttempts = (): number => context.store.deliveries.attempts(delivery.seq).length;
    const before = countAttempts();
    while (this.#running.has(delivery.webhookId) && countAttempts() === before) {
      await this.#running.get(delivery.webhookId);
    }
  }

  /** Moves the clock forward, through everything that falls due on the way, each at its own time. */
  advanceTo(instant: number): Promise<void> {
    return this.#runInTurn(() => this.#advance(instant));
  }

  advanceBy(ms: number): Promise<void> {
    return this.#runInTurn(() => this.#advance(this.#parts.context.clock.now() + ms));
  }

  /** Breaks off what is under way, runs `change` while nothing else happens, and goes on. */
  async interrupt(change: () => void): Promise<void> {
    await this.#halt();
    try {
      change();
    } finally {
      this.#stop = new AbortController();
      this.#isHalted = false;
    }
    this.wake();
  }

  /** Breaks off what is under way; it stays due. */
  close(): Promise<void> {
    return this.#halt();
  }

  async #halt(): Promise<void> {
    this.#isHalted = true;
    clearTimeout(this.#timer);
    this.#stop.abort();
    this.#parts.late.clear();
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  #run(name: string, work: () => Promise<void>, { wakesAfterError }: { wakesAfterError: boolean }): void {
    const run = async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        this.#running.delete(name);
        this.#parts.reportError(error);
        if (!wakesAfterError) return;
      }
      this.#running.delete(name);
      this.wake();
    };
    this.#running.set(name, run());
  }

  async #attempt(webhook: StoredWebhook, delivery: StoredDelivery): Promise<void> {
    const { context, deliver } = this.#parts;
    const { signal } = this.#stop;
    const at = context.clock.now();
    const body = context.store.deliveries.body(delivery.eventId);
    const headers = deliveryHeaders(webhook, delivery, body);
    const outcome = await attemptDelivery(deliver, { url: webhook.url, headers, body }, signal);
    if (!signal.aborted) recordAttempt(context, delivery, at, outcome);
  }

  /** Messages that the carrier takes on. One that an error of the reference's own stopped is still due. */
  #carry(): void {
    const { context, reportError } = this.#parts;
    try {
      carryDue(context);
    } catch (error) {
      reportError(error);
    }
  }

  /** What may start now: the next delivery of each free endpoint, what has been due longest first. */
  #listStartable(now: number): { webhook: StoredWebhook; delivery: StoredDelivery }[] {
    const { store } = this.#parts.context;
    return store.webhooks
      .withDue(now)
      .filter((webhook) => !this.#running.has(webhook.id))
      .flatMap((webhook) => {
        const delivery = store.deliveries.nextDue(webhook.id, now);
        return delivery ? [{ webhook, delivery }] : [];
      })
      .sort((one, other) => one.delivery.dueAt - other.delivery.dueAt || one.delivery.seq - other.delivery.seq);
  }

  /** When something falls due or fell due; `null` when nothing waits. */
  #findNextDue(): number | null {
    const { context, late } = this.#parts;
    return findEarliest(context.store.deliveries.nextWork(), late.earliestDue());
  }

  /** When, after `now`, something falls due; `null` when nothing waits. */
  #findEarliestDue(now: number): number | null {
    const { context, late } = this.#parts;
    const { deliveries, carriage } = context.store;
    return findEarliest(deliveries.earliestDue(now), carriage.earliestDue(now), late.earliestDue());
  }

  /** @param next when the next falls due */
  #setTimer(next: number | null): void {
    const { clock } = this.#parts.context;
    clearTimeout(this.#timer);
    if (clock.frozen || next === null) return;
    this.#timer = setTimeout(() => this.wake(), Math.min(next - clock.now(), maxTimerMs)).unref();
  }

  async #advance(instant: number): Promise<void> {
    const { clock } = this.#parts.context;
    const wasRunning = !clock.frozen;
    if (wasRunning) clock.hold();
    try {
      await this.settled();
      let next = this.#findEarliestDue(clock.now());
      while (!this.#isHalted && next !== null && next <= instant) {
        clock.set(next);
        await this.settled();
        next = this.#findEarliestDue(clock.now());
      }
      clock.set(instant);
    } finally {
      if (wasRunning) clock.resume();
    }
    this.wake();
  }
}
