/** Webhook deliveries and their attempts: the outbox, written in the transaction that caused the event. */
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
/** One attempt: what was sent (the body is the event's), and what came back. */
export type Attempt = {
  at: number;
  url: string;
  requestHeaders: Record<string, string>;
  durationMs: number;
  statusCode: number | null;
  error: string | null;
  responseHeaders: Record<string, string> | null;
  /** Its beginning. */
  responseBody: string | null;
};

type AttemptRow = {
  at: number;
  url: string;
  request_headers: string;
  duration_ms: number;
  status_code: number | null;
  error: string | null;
  response_headers: string | null;
  response_body: string | null;
};

function toAttempt(row: AttemptRow): Attempt {
  return {
    at: row.at,
    url: row.url,
    requestHeaders: JSON.parse(row.request_headers) as Record<string, string>,
    durationMs: row.duration_ms,
    statusCode: row.status_code,
    error: row.error,
    responseHeaders:
      row.response_headers === null ? null : (JSON.parse(row.response_headers) as Record<string, string>),
    responseBody: row.response_body,
  };
}

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

export function createDeliveriesTable({ sql }: Database) {
  const insertEvent = sql.prepare("INSERT INTO events (id, org_id, type, body, created_at) VALUES (?, ?, ?, ?, ?)");
  const body = sql.prepare("SELECT body FROM events WHERE id = ?");
  const insert = sql.prepare(
    "INSERT INTO deliveries (id, event_id, webhook_id, status, due_at, created_at) VALUES (?, ?, ?, 'pending', ?, ?)",
  );
  const byId = sql.prepare(`${select} WHERE d.id = ?`);
  const latest = sql.prepare(`${select} ORDER BY d.seq DESC LIMIT ?`);
  const latestOf = sql.prepare(`${select} WHERE d.webhook_id = ? ORDER BY d.seq DESC LIMIT ?`);
  const latestOfOrg = sql.prepare(`${select} WHERE e.org_id = ? ORDER BY d.seq DESC LIMIT ?`);
  const nextDue = sql.prepare(nextDueSql);
  const earliest = sql.prepare(
    `SELECT min((SELECT min(d.due_at) FROM deliveries d
       WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.due_at > ?)) AS due_at
     FROM webhooks w WHERE w.status = 'active'`,
  );
  const setState = sql.prepare("UPDATE deliveries SET status = ?, round_attempts = ?, due_at = ? WHERE seq = ?");
  const bringForward = sql.prepare(
    "UPDATE deliveries SET due_at = ? WHERE webhook_id = ? AND status = 'pending' AND due_at < ?",
  );
  const drop = sql.prepare("DELETE FROM deliveries WHERE webhook_id = ? AND status = 'pending'");
  const dropAttempts = sql.prepare(
    "DELETE FROM attempts WHERE delivery IN (SELECT seq FROM deliveries WHERE webhook_id = ? AND status = 'pending')",
  );
  const insertAttempt = sql.prepare(
    `INSERT INTO attempts (delivery, at, url, request_headers, duration_ms, status_code, error, response_headers,
       response_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const attempts = sql.prepare("SELECT * FROM attempts WHERE delivery = ? ORDER BY seq");

  return {
    insertEvent: (event: { id: string; orgId: string; type: string; body: string; createdAt: number }) =>
      insertEvent.run(event.id, event.orgId, event.type, event.body, event.createdAt),
    body: (eventId: string): string => (body.get(eventId) as { body: string }).body,
    insert: (delivery: { id: string; eventId: string; webhookId: string; dueAt: number; createdAt: number }) =>
      insert.run(delivery.id, delivery.eventId, delivery.webhookId, delivery.dueAt, delivery.createdAt),
    byId: (id: string): StoredDelivery | undefined => {
      const row = byId.get(id) as DeliveryRow | undefined;
      return row && toDelivery(row);
    },
    /** The latest `limit` deliveries, oldest first. */
    latest: (limit: number, webhookId?: string): StoredDelivery[] =>
      ((webhookId === undefined ? latest.all(limit) : latestOf.all(webhookId, limit)) as DeliveryRow[])
        .map(toDelivery)
        .reverse(),
    /** The latest of one org, newest first, those of endpoints that were removed included. */
    latestOfOrg: (orgId: string, limit: number): StoredDelivery[] =>
      (latestOfOrg.all(orgId, limit) as DeliveryRow[]).map(toDelivery),
    /** The delivery to an endpoint whose turn it is at `now`: what has been due longest. */
    nextDue: (webhookId: string, now: number): StoredDelivery | undefined => {
      const row = nextDue.get(webhookId, now) as DeliveryRow | undefined;
      return row && toDelivery(row);
    },
    /** When, after `now`, the next delivery to an active endpoint falls due; `null` when none waits. */
    earliestDue: (now: number): number | null => (earliest.get(now) as { due_at: number | null }).due_at,
    setState: (seq: number, state: { status: DeliveryStatus; roundAttempts: number; dueAt: number }) =>
      setState.run(state.status, state.roundAttempts, state.dueAt, seq),
    /** All that fell due before `now` falls due now, so that their order is that of the events. */
    makeDueNow: (webhookId: string, now: number) => bringForward.run(now, webhookId, now),
    dropPending: (webhookId: string): void => {
      dropAttempts.run(webhookId);
      drop.run(webhookId);
    },
    insertAttempt: (delivery: number, attempt: Attempt) =>
      insertAttempt.run(
        delivery,
        attempt.at,
        attempt.url,
        JSON.stringify(attempt.requestHeaders),
        attempt.durationMs,
        attempt.statusCode,
        attempt.error,
        attempt.responseHeaders && JSON.stringify(attempt.responseHeaders),
        attempt.responseBody,
      ),
    attempts: (delivery: number): Attempt[] => (attempts.all(delivery) as AttemptRow[]).map(toAttempt),
  };
}
