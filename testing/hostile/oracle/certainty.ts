/** Laws of what a call owes: where certainty is possible, `unknown` is not enough. */
import { deadlineMs, isFindable, type JudgedCall, visibleFrom } from "./evidence.ts";
import type { Violations } from "./truth.ts";

/** How long a client looks for a send whose answer was lost, and how long one look may take. */
const settlingMs = 7_500;
const lastLookMs = 2_500;

/** Judged for one call alone, the first of its message, in one process that was never disturbed. */
function isAlone({ truth: { plan, calls }, record, rivals, isSideBySide }: JudgedCall): boolean {
  const firstStage = Math.min(...calls.filter(({ intent }) => intent === record.intent).map(({ stage }) => stage));
  return (
    rivals.length === 0 &&
    plan.sharing === "one process" &&
    !isSideBySide &&
    record.call.abortAfterMs === undefined &&
    record.stage === firstStage
  );
}

export function* findNeedlesslyUnknown(judged: JudgedCall): Violations {
  const { truth, record, name, during } = judged;
  const { plan, historyReads } = truth;
  if (record.said.kind !== "unknown" || !isAlone(judged)) return;
  const hasProofsOnly = during.length > 0 && during.every(({ mayBeProcessed }) => !mayBeProcessed);
  if (hasProofsOnly && !historyReads.some(({ faulted }) => faulted) && plan.processes[0]?.deaf !== true)
    yield { kind: "unknown, but certain", text: `${name}: all that was answered proves that nothing was done` };

  const lost = during.find(({ mayBeProcessed }) => mayBeProcessed);
  if (lost === undefined) return;
  const wasShown = historyReads.some(
    (read) =>
      !read.faulted &&
      read.endedAt !== null &&
      read.endedAt <= record.endedAt &&
      read.at > lost.at &&
      read.process === record.process &&
      read.shown.includes(String(lost.reference)),
  );
  if (wasShown) yield { kind: "unknown, but certain", text: `${name}: a look had shown it` };

  const deadline = deadlineMs(truth, record);
  const lostAt = Math.min(lost.endedAt ?? record.endedAt, record.startedAt + deadline, record.endedAt);
  const visibleAt = visibleFrom(truth, lost.message ?? { landedAt: Number.POSITIVE_INFINITY });
  const isOwed = isFindable(plan) && plan.historyFaults.length === 0 && deadline > settlingMs;
  if (isOwed && visibleAt <= lostAt + settlingMs - lastLookMs) {
    const text = `${name}: it was to be seen ${Math.round(visibleAt - lostAt)} ms after its answer was lost`;
    yield { kind: "unknown, but certain", text };
  }
}

/** What a webhook has told the shared ledger is known to whoever asks it. */
export function* findForgotten({ truth, record, name }: JudgedCall): Violations {
  const isUndisturbed = truth.plan.processes.every(
    ({ ledgerFault, pause }) => ledgerFault === undefined && pause === undefined,
  );
  if (record.said.kind === "unknown" && record.toldBefore && isUndisturbed)
    yield { kind: "unknown, but certain", text: `${name}: the ledger had been told by a webhook` };
}

/** Where nothing is in its way but what its reference demands, a history that can be read, a message is sent. */
export function* findUnsent(judged: JudgedCall): Violations {
  const { truth, record, name } = judged;
  const { plan } = truth;
  const { said, intent } = record;
  const isUndisturbed = plan.sendFaults.length === 0 && plan.historyFaults.length === 0;
  if (said.kind === "sent" || !isUndisturbed || deadlineMs(truth, record) < 1_000 || !isAlone(judged)) return;
  if (intent.reference === null || isFindable(plan)) yield { kind: "did not send", text: `${name}: ${said.kind}` };
}
