/** Time that only passes. Durations are measured on it, so that whoever sets the wall clock changes none of them. */
import { type Clock, systemClock } from "../../client/clock.ts";

/** A clock that may tell, beside the time of day, how much time has passed. */
export type EventClock = Clock & {
  /** Milliseconds since some moment of the past; never set back. */
  monotonic?(): number;
};

/** @returns milliseconds since some moment; for a given clock that tells the time of day alone, that time */
export function monotonicOf(clock: EventClock): () => number {
  if (clock.monotonic) return clock.monotonic;
  return clock === systemClock ? () => performance.now() : clock.now;
}
