/** Keeps an event that a delivery brought. */
import { orderKey, readOrg } from "../../order-key.ts";
import { EventConflictError, type Incoming } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { findFirst } from "./queue.ts";

type NewEvent = {
  id: string;
  org: string;
  type: string;
  key: string;
  createdAt: number;
  receivedAt: number;
  body: string;
};

/**
 * @returns whether the event is new; resolves when it is on disk
 * @throws EventConflictError where its org has had this id with another body
 */
export async function acceptEvent(context: SqliteContext, { event, body }: Incoming): Promise<boolean> {
  const { commits, watchers, clock } = context;
  const { id, type } = event;
  const created = Date.parse(event.createdAt);
  const receivedAt = clock.now();
  const createdAt = Number.isNaN(created) ? receivedAt : created;
  const newEvent = { id, org: readOrg(event), type, key: orderKey(event), createdAt, receivedAt, body };
  const outcome = await commits.write(() => insertOnce(context, newEvent), true);
  // Not within the transaction, which others share.
  if (outcome === "conflict") throw new EventConflictError();
  if (outcome === "new") watchers.notify();
  return outcome === "new";
}

function insertOnce(context: SqliteContext, event: NewEvent): "new" | "repeat" | "conflict" {
  const kept = context.statements.selectBody.get(event.id, event.org) as { body: string } | undefined;
  // What was forgotten is not kept anew.
  if (kept !== undefined) return kept.body === event.body || kept.body === "" ? "repeat" : "conflict";
  const now = context.now();
  enqueue(context, event.key, insertEvent(context, event, now), now);
  return "new";
}

/** @returns its position */
function insertEvent({ statements, holdBackMs }: SqliteContext, event: NewEvent, now: number): number {
  const { id, org, type, key, createdAt, receivedAt, body } = event;
  // Without a hold-back, after all that waits, of the time when there was one too.
  const last = (statements.selectLastRank.get(key) as { rank: number } | undefined)?.rank ?? 0;
  const rank = holdBackMs > 0 ? createdAt : last;
  return Number(statements.insertEvent.run(id, org, type, key, rank, createdAt, receivedAt, now, body).lastInsertRowid);
}

function enqueue(context: SqliteContext, key: string, position: number, now: number): void {
  const { statements, holdBackMs } = context;
  const isNewQueue = statements.insertQueue.run(key, now + holdBackMs, holdBackMs).changes > 0;
  // Held back, one that was created earlier goes before those that wait already, after its own time.
  if (!isNewQueue && holdBackMs > 0 && findFirst(context, key)?.position === position)
    statements.delayQueue.run({ now, waitMs: holdBackMs, failing: 0, hanging: 0, key });
}
