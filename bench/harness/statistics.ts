/** What every question here needs: order statistics, how much runs differ, a repeatable random. */

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The distance between the quartiles, as a share of the median: 0 where all runs are the same. */
export function calculateSpread(values: readonly number[]): number {
  return (quantile(values, 0.75) - quantile(values, 0.25)) / median(values);
}

/**
 * How far the median of so many runs may be from that of all runs, as a share of it, with a certainty of 95 %: the notch of a
 * box plot.
 */
export function calculateUncertainty(spread: number, runs: number): number {
  return (1.57 * spread) / Math.sqrt(runs);
}

/** The same numbers every time (mulberry32), from 0 up to 1. */
export function createRandom(seed: number) {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
