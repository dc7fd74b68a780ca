/** Records what became of a claimed event, and lets its key go. */
import type { ClaimedEvent, FailedHandOn } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { scheduleNext } from "./queue.ts";
import { toStateNumber } from "./statements.ts";

export function completeEvent(context: SqliteContext, claimed: ClaimedEvent): Promise<boolean> {
  return recordOutcome(context, claimed, () => {
    context.statements.setOutcome.run(toStateNumber("done"), null, context.now(), claimed.position);
    scheduleNext(context, claimed.key);
  });
}

export function scheduleRetry(context: SqliteContext, claimed: ClaimedEvent, failed: FailedHandOn): Promise<boolean> {
  const { afterMs, error, refused, hung = false } = failed;
  return recordOutcome(context, claimed, () => {
    const { addFailedAttempt, delayQueue } = context.statements;
    addFailedAttempt.run(refused ? 1 : 0, error, claimed.position);
    const waitMs = Math.ceil(afterMs);
    delayQueue.run({ now: context.now(), waitMs, failing: 1, hanging: hung ? 1 : 0, key: claimed.key });
  });
}

export function buryEvent(context: SqliteContext, claimed: ClaimedEvent, error: string): Promise<boolean> {
  return recordOutcome(context, claimed, () => {
    const { addFailedAttempt, setOutcome } = context.statements;
    addFailedAttempt.run(1, error, claimed.position);
    setOutcome.run(toStateNumber("dead"), error, null, claimed.position);
    scheduleNext(context, claimed.key);
  });
}

/**
 * It need not survive a power cut: at worst the event is handed on again.
 *
 * @returns `false`: another receiver has taken over the file, and nothing changed
 */
async function recordOutcome(context: SqliteContext, { key }: ClaimedEvent, record: () => void): Promise<boolean> {
  try {
    return await context.commits.write(() => {
      if (!context.ownership.isHeld()) return false;
      record();
      return true;
    }, false);
  } finally {
    context.busyKeys.delete(key);
  }
}
