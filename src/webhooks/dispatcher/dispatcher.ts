/**
 * Hands events on: in order within a key, in parallel across keys, each at least once. An event that fails blocks its own
 * key only, is tried again with growing waits, and is a dead letter after too many refusals.
 *
 * Keys that hang keep no other waiting. Those whose sink did not answer the last time get half of the places; and where all
 * places are taken while another key waits, the hand-on that has gone on longest is set aside, if it has taken much longer
 * than is usual: it is aborted, counts as no refusal, and from then on its key is one of those that hang.
 */
import { type Clock, monotonicNow, systemClock } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
import { createTruncatingLog } from "../../log-limits.ts";
import type { EventLogger } from "../logger.ts";
import type { Sink } from "../sinks/sink.ts";
import type { ClaimedEvent, EventStore } from "../store/store.ts";
import {
  type HandOnContext,
  type HandOnEvent,
  handOnAndRecord,
  SetAsideError,
  storeRestMs,
  type UnderWay,
} from "./hand-on.ts";
import { defaultRetries, type Retries } from "./retry-delay.ts";
import { createSetAsideDelay } from "./set-aside-delay.ts";

export type DispatcherOptions = {
  store: EventStore;
  sink: Sink;
  /** Events under way at once. 32 by default. */
  concurrency?: number;
  retries?: Partial<Retries>;
  /** Longest time one hand-on may take, in milliseconds. 15 seconds by default; a lease is longer. */
  timeoutMs?: number;
  /** How often the store is asked for what other processes put there, in milliseconds. */
  pollMs?: number;
  clock?: Clock;
  /** 0 ≤ n < 1: jitter of the waits. */
  random?: () => number;
  log?: EventLogger;
  /** Told of each attempt to hand an event on, for whoever counts them. What it throws is ignored. */
  onHandOn?: ((event: HandOnEvent) => void) | undefined;
};

export type Dispatcher = {
  /** Claims nothing new, and resolves when what is under way has ended. */
  close(): Promise<void>;
};

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const dispatching = new Dispatching(options);
  const ended = dispatching.run();
  let closed: Promise<void> | undefined;
  return {
    close() {
      closed ??= dispatching.stop(ended);
      return closed;
    },
  };
}

class Dispatching {
  readonly #context: HandOnContext;
  readonly #concurrency: number;
  /** Places for keys that hang. */
  readonly #hangingShare: number;
  readonly #pollMs: number;
  readonly #closing = new AbortController();
  /** The oldest first. */
  readonly #running = new Map<Promise<void>, UnderWay>();
  #woken = Promise.withResolvers<void>();
  readonly #unwatch: () => void;

  constructor(options: DispatcherOptions) {
    const { store, sink, concurrency = 32, timeoutMs = 15_000, pollMs = 500 } = options;
    const { clock = systemClock, random = Math.random } = options;
    this.#concurrency = concurrency;
    this.#hangingShare = Math.max(1, Math.floor(concurrency / 2));
    this.#pollMs = pollMs;
    this.#context = {
      store,
      sink,
      clock,
      random,
      retries: { ...defaultRetries, ...options.retries },
      timeoutMs,
      log: createTruncatingLog(options.log ?? (() => {})),
      setAsideDelay: createSetAsideDelay(),
      onHandOn: options.onHandOn,
      lastHandedOnAt: Number.NEGATIVE_INFINITY,
      closing: this.#closing.signal,
    };
    this.#unwatch = store.watch(() => this.#wake());
  }

  /** Resolves after {@link stop}. */
  async run(): Promise<void> {
    const { log, clock, closing } = this.#context;
    while (!closing.aborted) {
      try {
        await this.#step();
      } catch (error) {
        if (closing.aborted) return;
        log("error", "the event store cannot be read", { err: error });
        await clock.sleep(storeRestMs, closing).catch(() => {});
      }
    }
  }

  /** @param ended what {@link run} gave */
  async stop(ended: Promise<void>): Promise<void> {
    this.#unwatch();
    this.#closing.abort();
    this.#wake();
    await ended;
    await Promise.all(this.#running.keys());
  }

  /** Claims what is due and starts handing it on; where nothing is or no place is free, waits. */
  async #step(): Promise<void> {
    const { store, clock } = this.#context;
    this.#woken = Promise.withResolvers();
    const free = this.#concurrency - this.#running.size;
    if (free === 0) return this.#waitForPlace();
    const hanging = this.#hangingShare - [...this.#running.values()].filter((each) => each.hanging).length;
    const askedAt = monotonicNow(clock);
    const claimed = await store.take(free, hanging);
    for (const event of claimed) this.#start(event, askedAt);
    if (claimed.length > 0) return;
    const nextMs = await store.nextDueInMs(hanging > 0);
    await this.#rest(Math.min(this.#pollMs, nextMs === null ? this.#pollMs : Math.max(1, nextMs)));
  }

  #start(claimed: ClaimedEvent, claimedAt: number): void {
    const underWay = { hanging: claimed.hanging, claimedAt, cancel: new AbortController() };
    const ended = handOnAndRecord(this.#context, claimed, underWay).finally(() => {
      this.#running.delete(ended);
      this.#wake();
    });
    this.#running.set(ended, underWay);
  }

  /** All places are taken: waits for one, or takes one from a hand-on that takes long while a key waits that does not hang. */
  async #waitForPlace(): Promise<void> {
    const { store, sink, clock, setAsideDelay } = this.#context;
    const longest = [...this.#running.values()].find(({ hanging, cancel }) => !hanging && !cancel.signal.aborted);
    if (!longest) return this.#woken.promise;
    const tookMs = monotonicNow(clock) - longest.claimedAt;
    const leftMs = setAsideDelay.current() - tookMs;
    if (leftMs > 0) return this.#rest(leftMs);
    if ((await store.nextDueInMs(false)) !== 0) return this.#rest(this.#pollMs);
    const took = (tookMs / 1000).toFixed(1);
    longest.cancel.abort(new SetAsideError(`${sink.name} did not answer within ${took} s while others waited`));
    return this.#woken.promise;
  }

  /** Until something may be due: what is known to fall due, what somebody tells, or the next look around. */
  async #rest(ms: number): Promise<void> {
    const deadline = startDeadline({ clock: this.#context.clock, deadlineMs: ms });
    await withDeadline(deadline, () => this.#woken.promise);
  }

  #wake(): void {
    this.#woken.resolve();
  }
}
