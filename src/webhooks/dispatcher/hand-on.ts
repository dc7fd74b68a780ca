/** Hands one claimed event to the sink, and records in the store what became of it. */
import { type Clock, monotonicNow } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
import type { EventLogger } from "../logger.ts";
import { type Sink, SinkUnavailableError } from "../sinks/sink.ts";
import type { ClaimedEvent, EventStore } from "../store/store.ts";
import { calculateRetryDelay, type Retries } from "./retry-delay.ts";
import type { SetAsideDelay } from "./set-aside-delay.ts";

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
  try {
    await handOn(context, claimed, underWay);
  } catch (error) {
    return recordFailure(context, claimed, error, underWay.cancel.signal.aborted);
  }
  return context.store.done(claimed);
}

/** @throws SinkUnavailableError when it takes too long; whatever the sink throws */
async function handOn(context: HandOnContext, claimed: ClaimedEvent, { claimedAt, cancel }: UnderWay): Promise<void> {
  const { sink, clock, timeoutMs } = context;
  if (monotonicNow(clock) - claimedAt >= claimed.leaseMs)
    throw new SinkUnavailableError("its lease ended before it could be handed on");
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

/** A dead letter after too many refusals, else another try after a delay. */
async function recordFailure(
  context: HandOnContext,
  claimed: ClaimedEvent,
  thrown: unknown,
  hung: boolean,
): Promise<boolean> {
  const { store, retries, random, log } = context;
  const { id, type, key } = claimed;
  const error = thrown instanceof Error ? thrown.message : String(thrown);
  const refused = isRefusal(context, claimed, thrown);
  if (refused && claimed.refusals + 1 >= retries.attempts) {
    log("error", "event given up: it is among the dead letters", { event: id, type, key, reason: error });
    return store.bury(claimed, error);
  }
  const askedMs = thrown instanceof SinkUnavailableError ? (thrown.retryAfterMs ?? 0) : 0;
  const waitMs = Math.max(askedMs, calculateRetryDelay(claimed.attempts + 1, random(), retries));
  log("warn", "hand-on failed, to be tried again", { event: id, type, key, waitMs, reason: error });
  return store.retry(claimed, { afterMs: waitMs, error, refused, hung });
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
