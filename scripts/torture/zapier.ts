/**
 * Runs random schedules of Zap runs on the unzipped build, as Zapier would: replays, runs that are made again by
 * themselves, two connections of one org, processes that are killed, an OnSync and a cache that fail; and judges what
 * exists at OnSync in the end. What no app could know is counted apart (testing/zapier/judge.ts). It needs
 * `npm run zapier:build` and unzip.
 *
 *   npm run torture:zapier                                500 schedules
 *   npm run torture:zapier -- --runs 20 --seed 7
 *   npm run torture:zapier -- --replay 1234               one schedule, with everything that happened in it
 *   npm run torture:zapier -- --only twins                one shape: plain, referenced, twins, conflict, same words, template
 *   npm run torture:zapier -- --zip build/other.zip --speed 1 --at-once 1
 */

import { readOptions, refuseUsage } from "../../testing/commands/options.ts";
import { findZip, openZapierBuild } from "../../testing/zapier/build.ts";
import { isViolation } from "../../testing/zapier/judge.ts";
import { openPlatform, type Platform } from "../../testing/zapier/platform.ts";
import { drawSchedule, type Shape, shapes } from "../../testing/zapier/schedules/draw.ts";
import { runSchedule } from "../../testing/zapier/schedules/run.ts";

const { values } = readOptions({
  options: {
    runs: { type: "string", default: "500" },
    seed: { type: "string", default: "1" },
    replay: { type: "string" },
    only: { type: "string" },
    zip: { type: "string", default: findZip() },
    speed: { type: "string", default: "5" },
    "at-once": { type: "string", default: "6" },
  },
});

function parseWholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) refuseUsage(`--${name}: give a whole number of at least 1.`);
  return number;
}

function parseShape(text: string | undefined): Shape | undefined {
  const shape = shapes.find((one) => one === text);
  if (text !== undefined && shape === undefined) refuseUsage(`--only: give one of ${shapes.join(", ")}.`);
  return shape;
}

/** @returns whether anything in it was wrong */
async function tortureOnce(
  platform: Platform,
  seed: number,
  only: Shape | undefined,
  isShown: boolean,
  counts: Counts,
) {
  const schedule = drawSchedule(seed, only);
  const { verdicts, zapRuns, trace } = await runSchedule(platform, schedule);
  for (const { outcomes } of zapRuns)
    for (const { kind } of outcomes) counts.outcomes.set(kind, (counts.outcomes.get(kind) ?? 0) + 1);
  for (const { kind } of verdicts) counts.verdicts.set(kind, (counts.verdicts.get(kind) ?? 0) + 1);
  counts.zapRuns += zapRuns.length;
  const violations = verdicts.filter(isViolation);
  if (violations.length === 0 && !isShown) return false;
  const { shape, locks, behaviour, extensions } = schedule;
  console.log(`seed ${seed}: ${shape}, locks ${locks}, ${JSON.stringify(behaviour)}, extensions ${extensions}`);
  for (const line of trace) console.log(line);
  for (const verdict of verdicts)
    console.log(`${isViolation(verdict) ? "VIOLATION" : "nobody can tell:"} ${verdict.kind}: ${verdict.text}`);
  return violations.length > 0;
}

type Counts = { zapRuns: number; outcomes: Map<string, number>; verdicts: Map<string, number> };

function writeCounts(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ") || "none";
}

async function torture(platform: Platform): Promise<boolean> {
  const only = parseShape(values.only);
  const counts: Counts = { zapRuns: 0, outcomes: new Map(), verdicts: new Map() };
  if (values.replay !== undefined)
    return tortureOnce(platform, parseWholeNumber(values.replay, "replay"), only, true, counts);
  const first = parseWholeNumber(values.seed, "seed");
  const last = first + parseWholeNumber(values.runs, "runs") - 1;
  const started = performance.now();
  let next = first;
  let wrong = 0;
  const work = async (): Promise<void> => {
    while (next <= last) {
      next += 1;
      if (await tortureOnce(platform, next - 1, only, false, counts)) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: parseWholeNumber(values["at-once"], "at-once") }, work));
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`how runs ended: ${writeCounts(counts.outcomes)}`);
  console.log(`what the judge found: ${writeCounts(counts.verdicts)}`);
  console.log(
    `${last - first + 1} schedules with ${counts.zapRuns} runs of Zaps, seeds ${first} to ${last}, on Node ${platform.nodeVersion}, ${seconds} s: ${wrong} with violations`,
  );
  return wrong > 0;
}

using build = openZapierBuild(values.zip);
const platform = await openPlatform(build, { speed: parseWholeNumber(values.speed, "speed"), spare: 2 });
try {
  process.exitCode = (await torture(platform)) ? 1 : 0;
} finally {
  await platform.close();
}
