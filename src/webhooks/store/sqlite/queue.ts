/** The queue of a key: what waits in it, and when its first event is due. Call these inside a transaction. */
import type { SqliteContext } from "./context.ts";

export type FirstOfKey = { position: number; sequence: number | null; arrived_at: number };

/** The event of a key that is handed on next. */
export function findFirst({ statements }: SqliteContext, key: string): FirstOfKey | undefined {
  return statements.selectFirstOfKey.get(key) as FirstOfKey | undefined;
}

/** The key's next event, if it has one, becomes due. */
export function scheduleNext(context: SqliteContext, key: string): void {
  const { statements, holdBackMs } = context;
  const next = findFirst(context, key);
  if (!next) {
    statements.deleteQueue.run(key);
    return;
  }
  const now = context.now();
  // The time of the queue, not of the event: keys with much to do take turns with the others.
  // One that was replayed may have arrived before the clock was set back: it waits for no longer than a hold-back either.
  const waitMs = Math.min(holdBackMs, Math.max(0, next.arrived_at + holdBackMs - now));
  statements.delayQueue.run({ now, waitMs, failing: 0, hanging: 0, key });
}
