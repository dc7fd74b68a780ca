/**
 * How long a hand-on may keep a place that others wait for: some multiple of what hand-ons usually take, so that a sink that
 * is slow for everybody is left in peace, and one conversation that hangs is told from the others soon.
 */

export type SetAsideDelay = {
  /** What a hand-on took that the sink answered, in milliseconds. */
  note(ms: number): void;
  /** In milliseconds. */
  current(): number;
};

/** Before any hand-on was answered: long enough for a server that is just starting. */
const firstMs = 2000;
const shortestMs = 300;
const timesUsual = 4;
const remembered = 31;

export function createSetAsideDelay(): SetAsideDelay {
  const took: number[] = [];
  return {
    note(ms) {
      took.push(ms);
      if (took.length > remembered) took.shift();
    },
    current() {
      if (took.length === 0) return firstMs;
      const median = took.toSorted((one, other) => one - other)[took.length >> 1] as number;
      return Math.max(shortestMs, timesUsual * median);
    },
  };
}
