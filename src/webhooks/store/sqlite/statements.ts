/** Every statement on the event file, by name, and the rows that they give. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventState, eventStates, type StoredEvent } from "../store.ts";

const eventColumns =
  "position, sequence, id, org, type, key, created_at, received_at, state, attempts, refusals, error, body";

const sources = {
  insertEvent: `INSERT INTO events (id, org, type, key, rank, created_at, received_at, arrived_at, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  selectBody: "SELECT body FROM events WHERE id = ? AND org = ?",
  selectEvent: `SELECT ${eventColumns} FROM events WHERE position = ?`,
  selectLastRank: "SELECT rank FROM events WHERE key = ? AND state = 0 AND sequence IS NULL ORDER BY rank DESC LIMIT 1",
  selectFirstOfKey: `SELECT position, sequence, arrived_at FROM events WHERE key = ? AND state = 0
    ORDER BY sequence DESC, rank, position LIMIT 1`,

  insertQueue: "INSERT OR IGNORE INTO queues (key, due_at, wait_ms) VALUES (?, ?, ?)",
  deleteQueue: "DELETE FROM queues WHERE key = ?",
  delayQueue: `UPDATE queues SET due_at = :now + :waitMs, wait_ms = :waitMs, failing = :failing, hanging = :hanging
    WHERE key = :key`,
  makeQueueDue: "UPDATE queues SET due_at = 0, wait_ms = 0 WHERE key = ?",
  selectOldestDue: "SELECT key, due_at FROM queues WHERE hanging = ? AND due_at <= ? ORDER BY due_at LIMIT ? + 0",
  selectNewestDue: "SELECT key, due_at FROM queues WHERE hanging = 0 AND due_at <= ? ORDER BY due_at DESC LIMIT ? + 0",

  // The time in microseconds, so that a file made anew goes on above what its consumers have had.
  incrementSequence: `INSERT INTO settings (name, value) VALUES ('sequence', ?) ON CONFLICT (name)
    DO UPDATE SET value = max(CAST(value AS INTEGER) + 1, CAST(excluded.value AS INTEGER)) RETURNING value`,
  setSequence: "UPDATE events SET sequence = ? WHERE position = ?",
  setOutcome: "UPDATE events SET state = ?, error = ?, done_at = ? WHERE position = ?",
  addFailedAttempt: `UPDATE events SET attempts = attempts + 1, refusals = refusals + ?, error = ? WHERE position = ?`,
  reviveEvent: `UPDATE events SET state = 0, attempts = 0, refusals = 0, error = NULL, sequence = NULL, done_at = NULL
    WHERE id = :id AND (:org IS NULL OR org = :org) AND state != 0 AND body != '' RETURNING id, key, position`,

  selectBodiesBetween:
    "SELECT position, type, body FROM events WHERE position > ? AND position <= ? AND body != '' ORDER BY position",
  selectLastKeptPosition: "SELECT max(position) AS position FROM events",
  selectLastPosition: "SELECT seq AS position FROM sqlite_sequence WHERE name = 'events'",
  countEvents: `SELECT (SELECT count(*) FROM events WHERE state = 0) AS waiting,
    (SELECT count(*) FROM events WHERE state = 2) AS dead,
    (SELECT count(*) FROM queues) AS keys,
    (SELECT count(*) FROM queues WHERE failing = 1) AS retrying,
    (SELECT min(received_at) FROM events WHERE state = 0) AS oldest`,

  selectKeyOfKept: "SELECT key, state FROM events WHERE position = ? AND body != ''",
  // Its own id is the key of nothing else.
  emptyEvent: "UPDATE events SET key = id, body = '', error = NULL, state = 1, done_at = ? WHERE position = ?",

  selectDoneBefore:
    "SELECT position FROM events WHERE state = 1 AND done_at < ? ORDER BY done_at, position LIMIT ? + 0",
  deleteEvent: "DELETE FROM events WHERE position = ?",
  raiseSetting: `INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name)
    DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`,

  selectSetting: "SELECT value FROM settings WHERE name = ?",
  upsertSetting:
    "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  deleteSetting: "DELETE FROM settings WHERE name = ?",
} as const;

export type Statements = { readonly [Name in keyof typeof sources]: StatementSync };

/** @throws Error when a table or a column is missing */
export function prepareStatements(sql: DatabaseSync): Statements {
  const prepared = Object.entries(sources).map(([name, source]) => [name, sql.prepare(source)]);
  return Object.fromEntries(prepared) as Statements;
}

/** The statement that lists events after a position, in a state and of a key where these are given. */
export function prepareList(sql: DatabaseSync, state: number | undefined, key: string | undefined): StatementSync {
  const conditions = ["position > ?"];
  if (state !== undefined) conditions.push(`state = ${state}`);
  if (key !== undefined) conditions.push("key = ?");
  return sql.prepare(
    `SELECT ${eventColumns} FROM events WHERE ${conditions.join(" AND ")} ORDER BY position LIMIT ? + 0`,
  );
}

export type Row = {
  position: number;
  sequence: number | null;
  id: string;
  org: string;
  type: string;
  key: string;
  created_at: number;
  received_at: number;
  state: number;
  attempts: number;
  refusals: number;
  error: string | null;
  body: string;
};

export function toStateNumber(state: EventState): number {
  return eventStates.indexOf(state);
}

export function toStoredEvent({ created_at, received_at, state, ...row }: Row): StoredEvent {
  return {
    ...row,
    createdAt: created_at,
    receivedAt: received_at,
    state: eventStates[state] as EventState,
  };
}
