/** On Zapier's build: random schedules (scripts/torture/zapier.ts runs many more), and that they notice a guard that is broken. */
import { expect, jest, test } from "@jest/globals";
import type { CacheStore } from "../../../../testing/zapier/cache.ts";
import { isViolation } from "../../../../testing/zapier/judge.ts";
import { drawSchedule, type Shape } from "../../../../testing/zapier/schedules/draw.ts";
import { runSchedule } from "../../../../testing/zapier/schedules/run.ts";
import { useSteps } from "./steps.ts";

const steps = useSteps();
jest.setTimeout(240_000);

const schedulesAtOnce = 4;

/** What was wrong in so many schedules, with a cache that is as it is, or broken. */
async function runSchedules(
  count: number,
  shape: Shape | undefined,
  breakCache: (cache: CacheStore) => void = () => {},
) {
  const kinds: string[] = [];
  let seed = 0;
  const work = async (): Promise<void> => {
    while (seed < count) {
      seed += 1;
      const schedule = drawSchedule(seed, shape);
      const { verdicts } = await runSchedule(steps.platform, schedule, ({ cache }) => breakCache(cache));
      kinds.push(...verdicts.filter(isViolation).map(({ kind }) => kind));
    }
  };
  await Promise.all(Array.from({ length: schedulesAtOnce }, work));
  return kinds;
}

/** Says yes, and keeps nothing under such keys. */
function loseNotes(prefix: string) {
  return (cache: CacheStore): void => {
    const { set } = cache;
    cache.set = (caller, key, ...more) => key.startsWith(prefix) || set(caller, key, ...more);
  };
}

/** As if `nx` were not there: the last one who claims has it, and so did all before. */
function ignoreAbsence(cache: CacheStore): void {
  const { set } = cache;
  cache.set = (caller, key, value, ttl, scope) => set(caller, key, value, ttl, scope);
}

test("in random schedules no message goes out twice, and none is lost without an error", async () => {
  expect(await runSchedules(15, undefined)).toEqual([]);
});

test.each<[string, Shape, (cache: CacheStore) => void]>([
  ["forgets what a run without a reference leaves behind", "plain", loseNotes("run:")],
  ["lets two runs claim one reference", "twins", ignoreAbsence],
])("they find messages that went out twice where the cache %s", async (_, shape, breakCache) => {
  expect(new Set(await runSchedules(25, shape, breakCache))).toEqual(new Set(["doubled"]));
});
