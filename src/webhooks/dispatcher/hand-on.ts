/** Hands one claimed event to the sink, and records in the store what became of it. */
import { type Clock, monotonicNow } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
import { notifyHook } from "../../client/hooks.ts";
import type { EventLogger } from "../logger.ts";
import { type Sink, SinkUnavailableError } from "../sinks/sink.ts";
import type { ClaimedEvent, EventStore } from "../store/store.ts";
import { calculateRetryDelay, type Retries } from "./retry-delay.ts";
import type { SetAsideDelay } from "./set-aside-delay.ts";

/**
 * How an attempt ended: the sink took the event (`done`), refused it, refused it for the last time (`given_up`, a dead letter),
 * or was out of reach or asked for patience (`unavailable`). `set_aside`: its place was given to another key. `lease_ended`: the
 * sink was not asked.
 */
export const handOnOutcomes = ["done", "refused", "given_up", "unavailable", "set_aside", "lease_ended"] as const;
export type HandOnOutcome = (typeof handOnOutcomes)[number];

/** One attempt to hand an event on, for whoever counts them. */
export type HandOnEvent = {
  outcome: HandOnOutcome;
  durationMs: number;
  /** Since the event was received, by the times of day of the store and of this machine. */
  ageMs: number;
};

export type HandOnContext = {
  readonly store: EventStore;
  readonly sink: Sink;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retries: Retries;
  /** Milliseconds one hand-on may take. */
  readonly timeoutMs: number;
  readonly log: EventLogger;
  readonly setAsideDelay: SetAsideDelay;
  readonly onHandOn: ((event: HandOnEvent) => void) | undefined;
  /** On the monotonic clock: when the sink took an event last. */
  lastHandedOnAt: number;
  /** Aborted when the dispatcher closes. */
  readonly closing: AbortSignal;
};

/** A hand-on that has one of the places. */
export type UnderWay = {
  hanging: boolean;
  /** On the monotonic clock: when the event was asked for. */
  claimedAt: number;
  /** Aborted with the error that the hand-on then fails with: its time is over, or it is set aside. */
  cancel: AbortController;
};

/** Its place was given to another key. The sink had less time than it was promised, so this says nothing about the event. */
export class SetAsideError extends SinkUnavailableError {}

class LeaseEndedError extends SinkUnavailableError {}

/** How long nothing is asked of a store that just failed. */
export const storeRestMs = 500;

/** Never rejects: what cannot be recorded is logged, and handed on again. */
export async function handOnAndRecord(
  context: HandOnContext,
  claimed: ClaimedEvent,
  underWay: UnderWay,
): Promise<void> {
  const { log, clock, closing } = context;
  try {
    const isOurs = await recordOutcome(context, claimed, underWay);
    if (!isOurs)
      log("warn", "lease lost: another receiver has taken this over", { event: claimed.id, key: claimed.key });
  } catch (error) {
    log("error", "the event store cannot be written to", { event: claimed.id, err: error });
    await clock.sleep(storeRestMs, closing).catch(() => {});
  }
}

/** @returns `false`: the lease ended before, and nothing was recorded */
async function recordOutcome(context: HandOnContext, claimed: ClaimedEvent, underWay: UnderWay): Promise<boolean> {
  const { clock, onHandOn, store } = context;
  const startedAt = monotonicNow(clock);
  const tell = (outcome: HandOnOutcome): void => {
    const durationMs = monotonicNow(clock) - startedAt;
    notifyHook(onHandOn, { outcome, durationMs, ageMs: Math.max(0, clock.now() - claimed.receivedAt) });
  };
  try {
    await handOn(context, claimed, underWay);
  } catch (error) {
    const refused = isRefusal(context, claimed, error);
    const isLast = refused && claimed.refusals + 1 >= context.retries.attempts;
    tell(isLast ? "given_up" : classifyFailure(error, refused));
    return isLast
      ? giveUp(context, claimed, error)
      : scheduleRetry(context, claimed, error, { refused, hung: underWay.cancel.signal.aborted });
  }
  tell("done");
  return store.done(claimed);
}

function classifyFailure(error: unknown, refused: boolean): HandOnOutcome {
  if (error instanceof SetAsideError) return "set_aside";
  if (error instanceof LeaseEndedError) return "lease_ended";
  return refused ? "refused" : "unavailable";
}

/** @throws SinkUnavailableError when it takes too long; whatever the sink throws */
async function handOn(context: HandOnContext, claimed: ClaimedEvent, { claimedAt, cancel }: UnderWay): Promise<void> {
  const { sink, clock, timeoutMs } = context;
  if (monotonicNow(clock) - claimedAt >= claimed.leaseMs)
    throw new LeaseEndedError("its lease ended before it could be handed on");
  const event = { ...claimed, attempt: claimed.attempts + 1 };
  const deadline = startDeadline({ clock, deadlineMs: timeoutMs }, { signal: cancel.signal });
  // The sink sees the signal that has the reason. One that ignores it is not waited for; what becomes of that is nobody's.
  const result = await withDeadline(deadline, () => sink.handOn(event, cancel.signal));
  if (result.kind === "failed") throw result.error;
  if (result.kind === "expired")
    cancel.abort(new SinkUnavailableError(`${sink.name} did not answer within ${timeoutMs / 1000} s`));
  if (result.kind !== "done") throw cancel.signal.reason;
  context.lastHandedOnAt = monotonicNow(clock);
  context.setAsideDelay.record(context.lastHandedOnAt - claimedAt);
}

/** It was refused too often: it becomes a dead letter. */
function giveUp({ store, log }: HandOnContext, claimed: ClaimedEvent, thrown: unknown): Promise<boolean> {
  const { id, type, key } = claimed;
  const error = describeThrown(thrown);
  log("error", "event given up: it is among the dead letters", { event: id, type, key, reason: error });
  return store.bury(claimed, error);
}

/** Another try after a delay. */
function scheduleRetry(
  { store, retries, random, log }: HandOnContext,
  claimed: ClaimedEvent,
  thrown: unknown,
  { refused, hung }: { refused: boolean; hung: boolean },
): Promise<boolean> {
  const { id, type, key } = claimed;
  const error = describeThrown(thrown);
  const askedMs = thrown instanceof SinkUnavailableError ? (thrown.retryAfterMs ?? 0) : 0;
  const waitMs = Math.max(askedMs, calculateRetryDelay(claimed.attempts + 1, random(), retries));
  log("warn", "hand-on failed, to be tried again", { event: id, type, key, waitMs, reason: error });
  return store.retry(claimed, { afterMs: waitMs, error, refused, hung });
}

function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * Whether a failure counts against the event. A sink out of reach does not, unless others were handed on since this event
 * was last tried: then the sink is out of its reach alone.
 */
function isRefusal(context: HandOnContext, { attempts }: ClaimedEvent, thrown: unknown): boolean {
  if (thrown instanceof SetAsideError) return false;
  if (!(thrown instanceof SinkUnavailableError)) return true;
  const { clock, retries, lastHandedOnAt } = context;
  return attempts > 0 && lastHandedOnAt > monotonicNow(clock) - calculateRetryDelay(attempts, 1, retries);
}
