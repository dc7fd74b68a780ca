/** Webhook endpoints with their secrets and delivery counts. */

import type { DatabaseSync } from "node:sqlite";
import type { EventType } from "../../src/api/index.ts";
import { parseKeptJson } from "../../src/file-failure.ts";
import type { Database } from "./database.ts";

export type StoredWebhook = {
  id: string;
  orgId: string;
  url: string;
  events: EventType[];
  secret: string;
  status: "active" | "paused";
  createdAt: number;
  stats: {
    delivered: number;
    failed: number;
    pending: number;
    retried: number;
    lastDeliveryAt: number | null;
    lastStatusCode: number | null;
  };
};

type WebhookRow = {
  id: string;
  org_id: string;
  url: string;
  events: string;
  secret: string;
  status: "active" | "paused";
  created_at: number;
  delivered: number;
  failed: number;
  pending: number;
  retried: number;
  last_delivery_at: number | null;
  last_status_code: number | null;
};

function toWebhook(row: WebhookRow): StoredWebhook {
  return {
    id: row.id,
    orgId: row.org_id,
    url: row.url,
    events: parseKeptJson<EventType[]>(row.events),
    secret: row.secret,
    status: row.status,
    createdAt: row.created_at,
    stats: {
      delivered: row.delivered,
      failed: row.failed,
      pending: row.pending,
      retried: row.retried,
      lastDeliveryAt: row.last_delivery_at,
      lastStatusCode: row.last_status_code,
    },
  };
}

/** How the counts move, and what the last attempt met with, if one was made. */
export type StatsChange = {
  delivered?: number;
  failed?: number;
  pending?: number;
  retried?: number;
  attempt?: { at: number; statusCode: number | null };
};

function prepareStatements(sql: DatabaseSync) {
  return {
    insert: sql.prepare(
      "INSERT INTO webhooks (id, org_id, url, events, secret, status, created_at) VALUES (?, ?, ?, ?, ?, 'active', ?) RETURNING *",
    ),
    byOrg: sql.prepare("SELECT * FROM webhooks WHERE org_id = ? ORDER BY seq"),
    byId: sql.prepare("SELECT * FROM webhooks WHERE id = ?"),
    withDue: sql.prepare(
      `SELECT w.* FROM webhooks w WHERE w.status = 'active' AND EXISTS
       (SELECT 1 FROM deliveries d WHERE d.webhook_id = w.id AND d.status = 'pending' AND d.due_at <= ?)`,
    ),
    change: sql.prepare("UPDATE webhooks SET url = ?, events = ?, secret = ? WHERE id = ? RETURNING *"),
    remove: sql.prepare("DELETE FROM webhooks WHERE id = ?"),
    setStatus: sql.prepare("UPDATE webhooks SET status = ? WHERE id = ?"),
    count: sql.prepare(
      `UPDATE webhooks SET delivered = delivered + ?, failed = failed + ?, pending = pending + ?, retried = retried + ?
     WHERE id = ?`,
    ),
    attempted: sql.prepare("UPDATE webhooks SET last_delivery_at = ?, last_status_code = ? WHERE id = ?"),
  };
}

export function createWebhooksTable({ sql, remember, forget }: Database) {
  const statements = prepareStatements(sql);
  const listOf = (orgId: string): StoredWebhook[] => (statements.byOrg.all(orgId) as WebhookRow[]).map(toWebhook);

  return {
    insert: (webhook: Omit<StoredWebhook, "status" | "stats">): StoredWebhook => {
      forget();
      return toWebhook(
        statements.insert.get(
          webhook.id,
          webhook.orgId,
          webhook.url,
          JSON.stringify(webhook.events),
          webhook.secret,
          webhook.createdAt,
        ) as WebhookRow,
      );
    },
    byOrg: listOf,
    /** The ids of those that get events of a type. */
    subscribers: (orgId: string, type: EventType): readonly string[] =>
      remember(`subscribers ${orgId} ${type}`, () =>
        listOf(orgId)
          .filter(({ events }) => events.includes(type))
          .map(({ id }) => id),
      ),
    byId: (id: string): StoredWebhook | undefined => {
      const row = statements.byId.get(id) as WebhookRow | undefined;
      return row && toWebhook(row);
    },
    /** Active endpoints with a delivery that is due, of all orgs. */
    withDue: (now: number): StoredWebhook[] => (statements.withDue.all(now) as WebhookRow[]).map(toWebhook),
    change: ({ id, url, events, secret }: Pick<StoredWebhook, "id" | "url" | "events" | "secret">): StoredWebhook => {
      forget();
      return toWebhook(statements.change.get(url, JSON.stringify(events), secret, id) as WebhookRow);
    },
    remove: (id: string): void => {
      statements.remove.run(id);
      forget();
    },
    setStatus: (id: string, status: StoredWebhook["status"]): void => {
      statements.setStatus.run(status, id);
      forget();
    },
    count: (id: string, change: StatsChange): void => {
      statements.count.run(change.delivered ?? 0, change.failed ?? 0, change.pending ?? 0, change.retried ?? 0, id);
      if (change.attempt) statements.attempted.run(change.attempt.at, change.attempt.statusCode, id);
    },
  };
}
