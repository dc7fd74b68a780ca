/** Judges a soak: each finding says what, who and when. */
import type { Evidence } from "../evidence.ts";
import { judgeApprovals } from "./approvals.ts";
import { judgeBudget } from "./budget.ts";
import { judgeEvents } from "./events.ts";
import { judgeMessages } from "./messages.ts";
import { judgeProcesses } from "./processes.ts";
import { judgeRows } from "./rows.ts";

export function judgeSoak(evidence: Evidence): string[] {
  return [
    ...judgeMessages(evidence),
    ...judgeApprovals(evidence),
    ...judgeEvents(evidence),
    ...judgeRows(evidence),
    ...judgeBudget(evidence),
    ...judgeProcesses(evidence),
  ];
}
