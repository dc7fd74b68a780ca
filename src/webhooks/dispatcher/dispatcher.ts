/**
 * Hands events on: in order within a key, in parallel across keys, each at least once. An event that fails blocks its own
 * key only, is tried again with growing waits, and is a dead letter after too many refusals.
 *
 * Keys that hang keep no other waiting. Those whose sink did not answer the last time get half of the places; and where all
 * places are taken while another key waits, the hand-on that has gone on longest is set aside, if it has taken much longer
 * than is usual: it is aborted, counts as no refusal, and from then on its key is one of those that hang.
 */

import { type Clock, monotonicNow, systemClock } from "../../client/clock.ts";
import { createTruncatingLog } from "../../log-limits.ts";
import type { EventLogger } from "../logger.ts";
import { type Sink, SinkUnavailableError } from "../sinks/sink.ts";
import type { ClaimedEvent, EventStore } from "../store/store.ts";
import { calculateRetryDelay, defaultRetries, type Retries } from "./retry-delay.ts";
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
};

export type Dispatcher = {
  /** Takes nothing new, and resolves when what is under way is settled. */
  close(): Promise<void>;
};

/** Its place was given to another key. The sink had less time than it was promised, so this says nothing about the event. */
class SetAsideError extends SinkUnavailableError {}

type UnderWay = { hanging: boolean; startedAt: number; late: AbortController };

/** How long nothing is asked of a store that just failed. */
const storeRestMs = 500;

export function startDispatcher(options: DispatcherOptions): Dispatcher {
  const { store, sink, concurrency = 32, timeoutMs = 15_000, pollMs = 500 } = options;
  const { clock = systemClock, random = Math.random } = options;
  const log: EventLogger = createTruncatingLog(options.log ?? (() => {}));
  const retries: Retries = { ...defaultRetries, ...options.retries };
  const patience = createSetAsideDelay();
  /** The oldest first. */
  const running = new Map<Promise<void>, UnderWay>();
  const hangingShare = Math.max(1, Math.floor(concurrency / 2));
  let lastHandedOn = Number.NEGATIVE_INFINITY;
  const closing = new AbortController();
  let woken = Promise.withResolvers<void>();
  const wake = (): void => woken.resolve();

  const handOn = async (taken: ClaimedEvent, { startedAt, late }: UnderWay): Promise<void> => {
    if (monotonicNow(clock) - startedAt >= taken.leaseMs)
      throw new SinkUnavailableError("its lease ended before it could be handed on");
    const timer = new AbortController();
    const cut = new Promise<never>((_resolve, reject) =>
      late.signal.addEventListener("abort", () => reject(late.signal.reason)),
    );
    clock.sleep(timeoutMs, timer.signal).then(
      () => late.abort(new SinkUnavailableError(`${sink.name} did not answer within ${timeoutMs / 1000} s`)),
      () => {},
    );
    try {
      const handed = sink.handOn({ ...taken, attempt: taken.attempts + 1 }, late.signal);
      // A sink that ignores the signal is not waited for; what becomes of it then is nobody's.
      handed.catch(() => {});
      await Promise.race([handed, cut]);
    } finally {
      timer.abort();
    }
    lastHandedOn = monotonicNow(clock);
    patience.note(lastHandedOn - startedAt);
  };

  /** Whether others were handed on since this one was last tried: then a sink out of reach is out of its reach alone. */
  const othersGoThrough = ({ attempts }: ClaimedEvent): boolean =>
    attempts > 0 && lastHandedOn > monotonicNow(clock) - calculateRetryDelay(attempts, 1, retries);

  const failed = async (taken: ClaimedEvent, thrown: unknown, hung: boolean): Promise<boolean> => {
    const { id, type, key } = taken;
    const error = thrown instanceof Error ? thrown.message : String(thrown);
    const unavailable = thrown instanceof SinkUnavailableError;
    const refused = !(thrown instanceof SetAsideError) && (!unavailable || othersGoThrough(taken));
    if (refused && taken.refusals + 1 >= retries.attempts) {
      log("error", "event given up: it is among the dead letters", { event: id, type, key, reason: error });
      return store.bury(taken, error);
    }
    const asked = unavailable ? (thrown.retryAfterMs ?? 0) : 0;
    const waitMs = Math.max(asked, calculateRetryDelay(taken.attempts + 1, random(), retries));
    log("warn", "hand-on failed, to be tried again", { event: id, type, key, waitMs, reason: error });
    return store.retry(taken, { afterMs: waitMs, error, refused, hung });
  };

  const run = async (taken: ClaimedEvent, underWay: UnderWay): Promise<void> => {
    try {
      let thrown: { error: unknown } | undefined;
      try {
        await handOn(taken, underWay);
      } catch (error) {
        thrown = { error };
      }
      const held = await (thrown ? failed(taken, thrown.error, underWay.late.signal.aborted) : store.done(taken));
      if (!held) log("warn", "lease lost: another receiver has taken this over", { event: taken.id, key: taken.key });
    } catch (error) {
      // Not written down, so it will be handed on again.
      log("error", "the event store cannot be written to", { event: taken.id, err: error });
      await clock.sleep(storeRestMs, closing.signal).catch(() => {});
    }
  };

  const start = (taken: ClaimedEvent, startedAt: number): void => {
    const underWay = { hanging: taken.hanging, startedAt, late: new AbortController() };
    const ended = run(taken, underWay).finally(() => {
      running.delete(ended);
      wake();
    });
    running.set(ended, underWay);
  };

  /** Sleeps until something may be due: what is known to fall due, what somebody tells, or the next look around. */
  const rest = async (ms: number): Promise<void> => {
    const timer = new AbortController();
    await Promise.race([woken.promise, clock.sleep(ms, timer.signal).catch(() => {})]);
    timer.abort();
  };

  /** All places are taken: waits for one, or takes one from a hand-on that takes long while a key waits that does not hang. */
  const waitForPlace = async (): Promise<void> => {
    const longest = [...running.values()].find(({ hanging, late }) => !hanging && !late.signal.aborted);
    if (!longest) return woken.promise;
    const takenMs = monotonicNow(clock) - longest.startedAt;
    const left = patience.current() - takenMs;
    if (left > 0) return rest(left);
    if ((await store.nextDueInMs(false)) !== 0) return rest(pollMs);
    const took = (takenMs / 1000).toFixed(1);
    longest.late.abort(new SetAsideError(`${sink.name} did not answer within ${took} s while others waited`));
    return woken.promise;
  };

  const step = async (): Promise<void> => {
    woken = Promise.withResolvers();
    const free = concurrency - running.size;
    if (free === 0) return waitForPlace();
    const hanging = hangingShare - [...running.values()].filter((each) => each.hanging).length;
    const askedAt = monotonicNow(clock);
    const taken = await store.take(free, hanging);
    for (const each of taken) start(each, askedAt);
    if (taken.length > 0) return;
    const next = await store.nextDueInMs(hanging > 0);
    await rest(Math.min(pollMs, next === null ? pollMs : Math.max(1, next)));
  };

  const loop = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      try {
        await step();
      } catch (error) {
        if (closing.signal.aborted) return;
        log("error", "the event store cannot be read", { err: error });
        await clock.sleep(storeRestMs, closing.signal).catch(() => {});
      }
    }
  };

  const unwatch = store.watch(wake);
  const looping = loop();
  let closed: Promise<void> | undefined;
  return {
    close() {
      closed ??= (async () => {
        unwatch();
        closing.abort();
        wake();
        await looping;
        await Promise.all(running.keys());
      })();
      return closed;
    },
  };
}
