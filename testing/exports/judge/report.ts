/** Whether the last line of an export is true. */
import type { Finished } from "../process/lives.ts";

export type Truth = {
  finished: Finished;
  /** Rows that the target has, each counted once. */
  inTarget: number;
  /** Rows that the source had when the export began, and that the target has not. */
  missing: number;
  /** Whether there are lists of contacts and conversations: then nothing is unknown. */
  extensions: boolean;
};

export function judgeReport({ finished, inTarget, missing, extensions }: Truth): string[] {
  const { done, code, endedAt } = finished;
  const violations: string[] = [];
  const upTo = done.completeUpTo === null ? null : Date.parse(done.completeUpTo);
  if (upTo !== null && Number.isNaN(upTo)) violations.push(`untrue: completeUpTo is ${done.completeUpTo}`);
  if (upTo !== null && upTo > endedAt)
    violations.push(`untrue: complete up to ${done.completeUpTo}, which is in the future`);
  if (!Number.isInteger(done.unknown) || done.unknown < 0) violations.push(`untrue: unknown is ${done.unknown}`);
  if ((code === 3) !== done.unknown > 0)
    violations.push(`untrue: it ended with ${code}, and ${done.unknown} are unknown`);
  if (extensions && done.unknown > 0)
    violations.push(`untrue: ${done.unknown} are unknown, and everything can be known`);
  if (extensions && upTo === null) violations.push("untrue: completeUpTo is null, and everything can be known");
  if (missing > 0 && done.unknown === 0)
    violations.push(`untrue: ${missing} rows are missing, and none is said to be unknown`);
  if (!Number.isInteger(done.rows) || done.rows > inTarget + maxChanged(inTarget))
    violations.push(`untrue: ${done.rows} rows are reported, and the target has ${inTarget}`);
  return violations;
}

/** A row that changed while the export ran may be counted each time that it was written. */
function maxChanged(rows: number): number {
  return rows * 5 + 100;
}
