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
  /** Stands still until it is resumed, and is kept as running: whoever is killed meanwhile starts again with one that runs. */
  hold(): void;
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
  let isHeld = false;
  const toRunning = (instant: number): ClockState => ({ frozenAt: null, offset: instant - Math.trunc(real()) });
  const change = (next: ClockState): void => {
    state = next;
    changed(isHeld && next.frozenAt !== null ? toRunning(next.frozenAt) : next);
  };
  const now = (): number => state.frozenAt ?? Math.trunc(real()) + state.offset;
  return {
    now,
    get frozen() {
      return state.frozenAt !== null;
    },
    freeze: () => {
      isHeld = false;
      change({ frozenAt: now(), offset: 0 });
    },
    hold: () => {
      isHeld = true;
      change({ frozenAt: now(), offset: 0 });
    },
    resume: () => {
      isHeld = false;
      if (state.frozenAt !== null) change(toRunning(state.frozenAt));
    },
    set: (instant) => change(state.frozenAt === null ? toRunning(instant) : { frozenAt: instant, offset: 0 }),
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
