/** Messages that the sandbox's carrier has on its way, and when each of them goes on. */
import type { Database } from "../database.ts";
import { nextWork } from "../deliveries.ts";

export function createCarriageTable({ sql, forget }: Database) {
  const set = sql.prepare("INSERT INTO carriage VALUES (?, ?) ON CONFLICT DO UPDATE SET due_at = excluded.due_at");
  const remove = sql.prepare("DELETE FROM carriage WHERE message_id = ?");
  const clear = sql.prepare("DELETE FROM carriage");
  const nextDue = sql.prepare("SELECT message_id FROM carriage WHERE due_at <= ? ORDER BY due_at, message_id LIMIT 1");
  const earliest = sql.prepare("SELECT min(due_at) AS due_at FROM carriage WHERE due_at > ?");

  return {
    set: (messageId: string, dueAt: number): void => {
      set.run(messageId, dueAt);
      forget(nextWork);
    },
    remove: (messageId: string): void => {
      remove.run(messageId);
      forget(nextWork);
    },
    clear: (): void => {
      clear.run();
      forget(nextWork);
    },
    /** The message that has been due longest at `now`. */
    nextDue: (now: number): string | undefined => (nextDue.get(now) as { message_id: string } | undefined)?.message_id,
    /** When, after `now`, the next message goes on; `null` when none is on its way. */
    earliestDue: (now: number): number | null => (earliest.get(now) as { due_at: number | null }).due_at,
  };
}
