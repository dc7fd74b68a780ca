/** Who sends, and what becomes of them: processes that crash, stand still, or have a ledger that fails. */
import type { ProcessPlan } from "../process/plan.ts";
import type { Random } from "../random.ts";
import { type ClockJump, hour, minute, type Sharing } from "./plan.ts";

export const arrangements = [
  "one process",
  "two processes",
  "crash",
  "restart without ledger",
  "ledger fails",
] as const;
export type Arrangement = (typeof arrangements)[number];

export const sharings: Readonly<Record<Arrangement, Sharing>> = {
  "one process": "one process",
  "two processes": "shared ledger",
  crash: "shared ledger",
  "restart without ledger": "no shared ledger",
  "ledger fails": "shared ledger",
};

export function drawProcesses(random: Random, arrangement: Arrangement, count: number): ProcessPlan[] {
  const deadlineMs = random.chance(0.15) ? random.pick([50, 1_000, 5_000, 12_000]) : undefined;
  const shared: ProcessPlan = {
    ...(random.chance(0.2) ? { deaf: true } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
  const first: ProcessPlan = { ...shared };
  if (arrangement === "crash" || arrangement === "restart without ledger")
    first.crash = random.chance(0.8)
      ? { step: random.whole(1, 7), when: random.pick(["before", "after"] as const) }
      : { afterMs: random.whole(0, 9_000) };
  if (arrangement === "two processes" && random.chance(0.3))
    first.pause = {
      step: random.whole(1, 6),
      ms: random.pick([500, 20_000, 6 * minute, 7 * minute, 2 * hour]),
    };
  if (arrangement === "ledger fails")
    first.ledgerFault = { call: random.whole(1, 5), done: random.chance(0.5), hangs: random.chance(0.3) };
  return [first, ...Array.from({ length: count - 1 }, () => ({ ...shared }))];
}

/** Their wall clocks are set forward and back. */
export function drawClockJumps(random: Random, processes: number): ClockJump[] {
  if (!random.chance(0.2)) return [];
  return Array.from({ length: random.whole(1, 2) }, () => ({
    process: random.whole(0, processes - 1),
    atMs: random.pick([0, 20, 100, 3_000, 45_000]),
    byMs: random.pick([-24, -1, 1, 24]) * hour,
  }));
}
