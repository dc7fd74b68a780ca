/** When a message is asked for, and by whom: what each shape of a run adds to its first call. */
import type { Random } from "../random.ts";
import { type Call, hour, minute, type Stage } from "./plan.ts";
import type { Arrangement } from "./processes.ts";

export const shapes = [
  "single",
  "at once",
  "replay at once",
  "replay later",
  "replay at once and later",
  "other message at once",
  "other message later",
  "a conversation that is known",
  "references that look alike",
  "aborted",
] as const;
export type Shape = (typeof shapes)[number];

type Staging = {
  random: Random;
  arrangement: Arrangement;
  /** The process that asks again. */
  second: number;
  /** The stage of the first call. */
  begin: Stage;
  stages: Stage[];
};

function repeat(process: number): Call {
  return { intent: 0, process, startMs: 0 };
}

function waitLong(random: Random): number {
  return random.pick([6 * minute, 2 * hour]);
}

/** A crash is only interesting to somebody who comes back. */
function comeBack({ random, arrangement, second, stages }: Staging): void {
  if (arrangement === "one process") return;
  stages.push({ waitMs: random.pick([0, 1_000, 20_000, minute]), calls: [repeat(second)] });
  stages.push({ waitMs: waitLong(random), calls: [repeat(second)] });
}

function askSideBySide({ random, second, begin, stages }: Staging): void {
  const startMs = random.pick([0, 0, 1, 100, 1_000, 5_000, 20_000, minute, 6 * minute]);
  begin.calls.push({ ...repeat(second), startMs });
  if (random.chance(0.3)) begin.calls.push({ ...repeat(0), startMs: random.pick([0, 50, 2_000]) });
  if (random.chance(0.3)) stages.push({ waitMs: waitLong(random), calls: [repeat(second)] });
}

function replayAtOnce({ random, second, stages }: Staging): void {
  stages.push({ waitMs: random.pick([0, 0, 500, 5_000, minute]), calls: [repeat(second)] });
}

function replayLater({ random, second, stages }: Staging): void {
  stages.push({ waitMs: waitLong(random), calls: [repeat(second)] });
}

function replayAgainAndAgain({ random, second, stages }: Staging): void {
  stages.push({ waitMs: random.pick([0, 1_000]), calls: [repeat(second)] });
  stages.push({ waitMs: 6 * minute, calls: [repeat(second), ...(random.chance(0.5) ? [repeat(0)] : [])] });
  stages.push({ waitMs: 2 * hour, calls: [repeat(0)] });
}

function sendOtherAtOnce({ random, second, begin }: Staging): void {
  begin.calls.push({ intent: 1, process: second, startMs: random.pick([0, 1, 100, 5_000]) });
}

function sendOtherLater({ random, second, stages }: Staging): void {
  stages.push({
    waitMs: random.pick([0, minute, 6 * minute, 2 * hour]),
    calls: [{ intent: 1, process: second, startMs: 0 }],
  });
  if (random.chance(0.5)) stages.push({ waitMs: random.pick([0, 6 * minute]), calls: [repeat(second)] });
}

function sendLookAlike({ random, second, begin, stages }: Staging): void {
  begin.calls.push({ intent: 1, process: second, startMs: random.pick([0, 1, 100]) });
  stages.push({
    waitMs: random.pick([0, 6 * minute]),
    calls: [repeat(second), { intent: 1, process: 0, startMs: random.pick([0, 0, 5, 20, 40, 80]) }],
  });
}

function abort({ random, second, begin, stages }: Staging): void {
  (begin.calls[0] as Call).abortAfterMs = random.pick([0, 1, 10, 60, 500, 4_000, 12_000]);
  stages.push({ waitMs: random.pick([0, 6 * minute]), calls: [repeat(second)] });
}

const continuations: Record<Shape, (staging: Staging) => void> = {
  single: comeBack,
  "a conversation that is known": comeBack,
  "at once": askSideBySide,
  "replay at once": replayAtOnce,
  "replay later": replayLater,
  "replay at once and later": replayAgainAndAgain,
  "other message at once": sendOtherAtOnce,
  "other message later": sendOtherLater,
  "references that look alike": sendLookAlike,
  aborted: abort,
};

export function drawStages(random: Random, shape: Shape, arrangement: Arrangement, second: number): Stage[] {
  const isKnown = shape === "a conversation that is known";
  const stages: Stage[] = isKnown ? [{ waitMs: 0, calls: [{ intent: 1, process: 0, startMs: 0 }] }] : [];
  const begin: Stage = { waitMs: isKnown ? random.pick([0, minute]) : 0, calls: [repeat(0)] };
  stages.push(begin);
  continuations[shape]({ random, arrangement, second, begin, stages });
  return stages;
}
