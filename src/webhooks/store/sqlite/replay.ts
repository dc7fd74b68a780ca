/** Puts events back to be handed on again, dead or done. */
import type { EventName } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { findFirst } from "./queue.ts";

/** @returns the id of each event that was put back */
export async function replayEvents(context: SqliteContext, events: readonly (string | EventName)[]): Promise<string[]> {
  const replayed = await context.commits.write(() => events.flatMap((event) => reviveAll(context, event)), true);
  if (replayed.length > 0) context.watchers.notify();
  return replayed;
}

function reviveAll(context: SqliteContext, event: string | EventName): string[] {
  const { statements } = context;
  const { id, org } = typeof event === "string" ? { id: event, org: null } : event;
  const revived = statements.reviveEvent.all({ id, org }) as { id: string; key: string; position: number }[];
  for (const { key, position } of revived) {
    // At once, by whatever clock. One that is claimed, or waits to be tried again, is not hurried.
    const isNewQueue = statements.insertQueue.run(key, 0, 0).changes > 0;
    if (!isNewQueue && findFirst(context, key)?.position === position) statements.makeQueueDue.run(key);
  }
  return revived.map((row) => row.id);
}
