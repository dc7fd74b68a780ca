/** Draws what a run meets: faults of OnSync and of the cache, and where it is cut off. */
import type { Random } from "../../hostile/random.ts";
import type { ApiFault, CacheFault, KillPoint, Trouble, WorkDone } from "../run.ts";

/** What a round of runs is plagued by. */
export type Mood = { api: boolean; cache: boolean; kills: boolean };

/** Late work is over before a send's grace of five minutes is (docs/reliability.md, "Sends"). */
const maxLateMs = 4 * 60_000;
const countedRequests = 14;

function drawWork(random: Random): WorkDone {
  return random.pick<WorkDone>(["never", "before", "before", random.whole(200, 5000), random.whole(5000, maxLateMs)]);
}

function drawApiFault(random: Random): ApiFault {
  switch (random.whole(1, 9)) {
    case 1:
    case 2:
    case 3:
      return { kind: "reset", work: drawWork(random) };
    case 4:
      return { kind: "gateway", status: random.pick([502, 504, 403]), work: drawWork(random) };
    case 5:
    case 6:
      return { kind: "own", status: random.pick([500, 503] as const), work: drawWork(random) };
    case 7:
      return { kind: "throttled", retryAfterSeconds: random.pick([1, 20, 3600]) };
    case 8:
      return { kind: "truncated" };
    default:
      return { kind: "slow", ms: random.pick([2000, 12_000, 40_000]) };
  }
}

function drawCacheFault(random: Random): CacheFault {
  return random.pick<CacheFault>([
    { kind: "hang" },
    { kind: "fail" },
    { kind: "fail after" },
    { kind: "slow", ms: random.pick([500, 1400, 5000]) },
  ]);
}

function drawKill(random: Random): KillPoint {
  const when = random.pick(["before", "after"] as const);
  switch (random.whole(1, 3)) {
    case 1:
      return { at: "request", count: random.whole(1, 4), when };
    case 2:
      return { at: "cache", count: random.whole(1, 10), when };
    default:
      return { at: "time", ms: random.whole(0, 20_000) };
  }
}

/** Drawn before the run begins, so that one seed gives the same trouble whatever the app asks for. */
export function drawTrouble(random: Random, mood: Mood): Trouble {
  const list = <Fault>(draw: () => Fault, share: number): (Fault | null)[] =>
    Array.from({ length: countedRequests }, () => (random.chance(share) ? draw() : null));
  const api = list(() => drawApiFault(random), random.pick([0.2, 0.5, 1]));
  const isOut = random.chance(0.3);
  const cacheFault = drawCacheFault(random);
  const cache = list(() => drawCacheFault(random), 0.15);
  return {
    ...(mood.api && { api: (count) => api[count - 1] ?? null }),
    ...(mood.cache && { cache: (count) => (isOut ? cacheFault : (cache[count - 1] ?? null)) }),
    ...(mood.kills && random.chance(0.7) && { kill: drawKill(random) }),
    startMs: random.pick([0, 0, 1000, 8000]),
  };
}
