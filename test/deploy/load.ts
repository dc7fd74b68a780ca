/** Writers that go on while something is copied, and what a copy of one moment must then have of what they did. */

/** What somebody was told to be done, and when it began and ended. */
export type Done = { key: string; startedAt: number; endedAt: number };

export type Load = { done: Done[]; end(): Promise<void> };

/** @param write does one thing, after which it is acknowledged. Several go on beside each other */
export function startLoad(write: (number: number) => Promise<string>, writers = 4): Load {
  const done: Done[] = [];
  let [number, ended] = [0, false];
  const work = async (): Promise<void> => {
    while (!ended) {
      const startedAt = performance.now();
      const key = await write(number++);
      done.push({ key, startedAt, endedAt: performance.now() });
      // Whoever else works in this process has its turn.
      await new Promise(setImmediate);
    }
  };
  const working = Array.from({ length: writers }, work);
  return {
    done,
    async end() {
      ended = true;
      await Promise.all(working);
    },
  };
}

/** Resolves once so much more has been done. */
export async function waitForMore({ done }: Load, count: number): Promise<void> {
  for (const until = done.length + count; done.length < until; ) await new Promise(setImmediate);
}

/** @returns what was acknowledged before the copy began and is not in it, and what began after it was over and is */
export function judgeCopy(
  done: readonly Done[],
  copied: ReadonlySet<string>,
  { from, to }: { from: number; to: number },
): { missing: string[]; early: string[]; before: number; after: number } {
  const before = done.filter(({ endedAt }) => endedAt < from);
  const after = done.filter(({ startedAt }) => startedAt > to);
  return {
    missing: before.filter(({ key }) => !copied.has(key)).map(({ key }) => key),
    early: after.filter(({ key }) => copied.has(key)).map(({ key }) => key),
    before: before.length,
    after: after.length,
  };
}
