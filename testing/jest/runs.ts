/**
 * How many runs of a property, or seeds of a model, a test has: all of them, or a fifth in the quick tier of the suite
 * (`npm test` without files).
 */
export function chooseRuns(all: number): number {
  return process.env.ONSYNC_TESTS === "quick" ? Math.ceil(all / 5) : all;
}
