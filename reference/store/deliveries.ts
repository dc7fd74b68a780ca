/** Events and their deliveries: the outbox, written in the transaction that caused the event. */
import type { DatabaseSync } from "node:sqlite";
import { createAttemptsTable } from "./attempts.ts";
import type { Database } from "./database.ts";

export type DeliveryStatus = "pending" | "delivered" | "failed";
export type StoredDelivery = {
  seq: number;
  id: string;
  eventId: string;
  eventType: string;
  orgId: string;
  webhookId: string;
  status: DeliveryStatus;
  /** Attempts made in this round; a redelivery starts a new one. */
  roundAttempts: number;
  dueAt: number;
  createdAt: number;
};

/** Which deliveries of an org are asked for. */
export type DeliverySearch = {
  orgId: string;
  webhookId?: string | undefined;
  status?: DeliveryStatus | undefined;
  eventType?: string | undefined;
  limit: number;
};

type DeliveryRow = {
  seq: number;
  id: string;
  event_id: string;
  type: string;
  org_id: string;
  webhook_id: string;
  status: DeliveryStatus;
  round_attempts: number;
  due_at: number;
  created_at: number;
};

function toDelivery(row: DeliveryRow): StoredDelivery {
  return {
    seq: row.seq,
    id: row.id,
    eventId: row.event_id,
    eventType: row.type,
    orgId: row.org_id,
    webhookId: row.webhook_id,
    status: row.status,
    roundAttempts: row.round_attempts,
    dueAt: row.due_at,
    createdAt: row.created_at,
  };
}

const select = "SELECT d.*, e.type, e.org_id FROM deliveries d JOIN events e ON e.id = d.event_id";
export const nextDueSql = `${select} WHERE d.webhook_id = ? AND d.status = 'pending' AND d.due_at <= ? ORDER BY d.due_at, d.seq LIMIT 1`;

/** Newest first, those of endpoints that were removed included. */
export function buildDeliverySearch({ orgId, webhookId, status, eventType, limit }: DeliverySearch) {
  const conditions: [string, string | undefined][] = [
    ["e.org_id = ?", orgId],
    ["d.webhook_id = ?", webhookId],
    ["d.status = ?", status],
    ["e.type = ?", eventType],
  ];
  const given = conditions.filter((each): each is [string, string] => each[1] !== undefined);
  const where = given.map(([text]) => text).join(" AND ");
  return {
    text: `${select} WHERE ${where} ORDER BY d.seq DESC LIMIT ? + 0`,
    values: [...given.map(([, value]) => value), limit],
  };
}

function prepareStatements(sql: DatabaseSync) {
  return {
    insertEvent: sql.prepare("INSERT INTO events (id, org_id, type, body, created_at) VALUES (?, ?, ?, ?, ?)"),
    body: sql.prepare("SELECT body FROM events WHERE id = ?"),
    insert: sql.prepare(
      "INSERT INTO deliveries (id, event_id, webhook_id, status, due_at, created_at) VALUES (?, ?, ?, 'pending', ?, ?)",
    ),
    byId: sql.prepare(`${select} WHERE d.id = ?`),
    latest: sql.prepare(`${select} ORDER BY d.seq DESC LIMIT ? + 0`),
    latestOf: sql.prepare(`${select} WHERE d.webhook_id = ? ORDER BY d.seq DESC LIMIT ? + 0`),
    nextDue: sql.prepare(nextDueSql),
    earliest: sql.prepare(
      `SELECT min((SELECT min(d.due_at) FROM deliveries d
         WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.due_at > ?)) AS due_at
       FROM webhooks w WHERE w.status = 'active'`,
    ),
    nextWork: sql.prepare(
      `SELECT min(due_at) AS due_at FROM (
         SELECT (SELECT min(d.due_at) FROM deliveries d WHERE d.webhook_id = w.id AND d.status = 'pending') AS due_at
         FROM webhooks w WHERE w.status = 'active'
         UNION ALL SELECT min(due_at) FROM carriage)`,
    ),
    setState: sql.prepare("UPDATE deliveries SET status = ?, round_attempts = ?, due_at = ? WHERE seq = ?"),
    bringForward: sql.prepare(
      "UPDATE deliveries SET due_at = ? WHERE webhook_id = ? AND status = 'pending' AND due_at < ?",
    ),
    drop: sql.prepare("DELETE FROM deliveries WHERE webhook_id = ? AND status = 'pending'"),
    dropAttempts: sql.prepare(
      "DELETE FROM attempts WHERE delivery IN (SELECT seq FROM deliveries WHERE webhook_id = ? AND status = 'pending')",
    ),
  };
}

/** Under which the next instant is remembered at which there is something to do. */
export const nextWork = "next work";

export function createDeliveriesTable({ sql, prepareOnce, remember, forget }: Database) {
  const statements = prepareStatements(sql);
  return {
    insertEvent: (event: { id: string; orgId: string; type: string; body: string; createdAt: number }) =>
      statements.insertEvent.run(event.id, event.orgId, event.type, event.body, event.createdAt),
    body: (eventId: string): string => (statements.body.get(eventId) as { body: string }).body,
    insert: (delivery: { id: string; eventId: string; webhookId: string; dueAt: number; createdAt: number }): void => {
      statements.insert.run(delivery.id, delivery.eventId, delivery.webhookId, delivery.dueAt, delivery.createdAt);
      forget(nextWork);
    },
    byId: (id: string): StoredDelivery | undefined => {
      const row = statements.byId.get(id) as DeliveryRow | undefined;
      return row && toDelivery(row);
    },
    /** The latest `limit` deliveries, oldest first. */
    latest: (limit: number, webhookId?: string): StoredDelivery[] => {
      const rows = webhookId === undefined ? statements.latest.all(limit) : statements.latestOf.all(webhookId, limit);
      return (rows as DeliveryRow[]).map(toDelivery).reverse();
    },
    search: (search: DeliverySearch): StoredDelivery[] => {
      const { text, values } = buildDeliverySearch(search);
      return (prepareOnce(text).all(...values) as DeliveryRow[]).map(toDelivery);
    },
    /** The delivery to an endpoint whose turn it is at `now`: what has been due longest. */
    nextDue: (webhookId: string, now: number): StoredDelivery | undefined => {
      const row = statements.nextDue.get(webhookId, now) as DeliveryRow | undefined;
      return row && toDelivery(row);
    },
    /** When, after `now`, the next delivery to an active endpoint falls due; `null` when none waits. */
    earliestDue: (now: number): number | null => (statements.earliest.get(now) as { due_at: number | null }).due_at,
    /** When the first delivery to an active endpoint, or message that is on its way, falls due or fell due: asked after each request. */
    nextWork: (): number | null =>
      remember(nextWork, () => (statements.nextWork.get() as { due_at: number | null }).due_at),
    setState: (seq: number, state: { status: DeliveryStatus; roundAttempts: number; dueAt: number }): void => {
      statements.setState.run(state.status, state.roundAttempts, state.dueAt, seq);
      forget(nextWork);
    },
    /** All that fell due before `now` falls due now, so that their order is that of the events. */
    makeDueNow: (webhookId: string, now: number): void => {
      statements.bringForward.run(now, webhookId, now);
      forget(nextWork);
    },
    dropPending: (webhookId: string): void => {
      statements.dropAttempts.run(webhookId);
      statements.drop.run(webhookId);
      forget(nextWork);
    },
    ...createAttemptsTable(sql),
  };
}
