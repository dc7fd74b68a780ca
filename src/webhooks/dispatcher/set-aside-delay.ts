/**
 * How long a hand-on may keep a place that others wait for: some multiple of what hand-ons usually take, so that a sink that
 * is slow for everybody is left in peace, and one conversation that hangs is told from the others soon.
 */

export type SetAsideDelay = {
  /** Notes what a hand-on took that the sink answered, in milliseconds. */
  record(ms: number): void;
  /** In milliseconds. */
  current(): number;
};

/** Before any hand-on was answered: long enough for a server that is just starting. */
const initialMs = 2000;
const minMs = 300;
const timesUsual = 4;
/** Hand-ons whose median is what is usual. */
const maxRecorded = 31;

export function createSetAsideDelay(): SetAsideDelay {
  const recorded: number[] = [];
  return {
    record(ms) {
      recorded.push(ms);
      if (recorded.length > maxRecorded) recorded.shift();
    },
    current() {
      if (recorded.length === 0) return initialMs;
      const median = recorded.toSorted((one, other) => one - other)[recorded.length >> 1] as number;
      return Math.max(minMs, timesUsual * median);
    },
  };
}
