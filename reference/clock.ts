/**
 * The reference's clock. It runs with the real one (plus an offset), or stands frozen for tests. Message windows, the
 * refill of the rate limit and the retry timers all follow it.
 */
export type ClockState = { frozenAt: number | null; offset: number };

export type Clock = {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  readonly frozen: boolean;
  freeze(): void;
  /** Lets the clock run on from where it stands. */
  resume(): void;
  /** Sets the clock; it stays frozen or running, as it was. */
  set(instant: number): void;
  state(): ClockState;
  restore(state: ClockState): void;
};

/** Shows the real time. */
export const realTime: ClockState = { frozenAt: null, offset: 0 };

/**
 * @param real the real time in milliseconds
 * @param changed is told each new state, to keep it
 */
export function createClock(real: () => number, changed: (state: ClockState) => void = () => {}): Clock {
  let state = realTime;
  const change = (next: ClockState): void => {
    state = next;
    changed(next);
  };
  const now = (): number => state.frozenAt ?? Math.trunc(real()) + state.offset;
  return {
    now,
    get frozen() {
      return state.frozenAt !== null;
    },
    freeze: () => change({ frozenAt: now(), offset: 0 }),
    resume: () => {
      if (state.frozenAt !== null) change({ frozenAt: null, offset: state.frozenAt - Math.trunc(real()) });
    },
    set: (instant) =>
      change(
        state.frozenAt === null
          ? { frozenAt: null, offset: instant - Math.trunc(real()) }
          : { frozenAt: instant, offset: 0 },
      ),
    state: () => state,
    restore: change,
  };
}

/** ISO 8601, UTC, milliseconds: how every body writes an instant. */
export function toIso(instant: number): string {
  return new Date(instant).toISOString();
}

/** As {@link toIso}, for an instant that may not have been. */
export function toIsoOrNull(instant: number | null): string | null {
  return instant === null ? null : toIso(instant);
}
