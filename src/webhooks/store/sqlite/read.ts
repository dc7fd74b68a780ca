/** Reading the event file: by cursor, by state, in figures; and forgetting what is old. */
import type { DatabaseSync } from "node:sqlite";
import type { EventStore, StoreStats } from "../store.ts";
import { columns, type Row, stateNumber, toStoredEvent } from "./rows.ts";

/** Positions looked at in one go, so that a reader of a rare type does not stop the receiver. */
const window = 2000;
/** Events forgotten in one transaction. */
const pruneGroup = 1000;

const prunedTo = "pruned_to";

type Reading = Pick<EventStore, "read" | "end" | "list" | "stats">;

export function readingOf(sql: DatabaseSync, now: () => number): Reading {
  const setting = sql.prepare("SELECT value FROM settings WHERE name = ?");
  const last = sql.prepare("SELECT max(position) AS position FROM events");
  const sequence = sql.prepare("SELECT seq AS position FROM sqlite_sequence WHERE name = 'events'");
  const page = sql.prepare(
    "SELECT position, type, body FROM events WHERE position > ? AND position <= ? ORDER BY position",
  );
  const figures = sql.prepare(
    `SELECT (SELECT count(*) FROM events WHERE state = 0) AS waiting,
            (SELECT count(*) FROM events WHERE state = 2) AS dead,
            (SELECT count(*) FROM queues) AS keys,
            (SELECT count(*) FROM queues WHERE failing = 1) AS retrying,
            (SELECT min(received_at) FROM events WHERE state = 0) AS oldest`,
  );

  const end = (): number => (sequence.get() as { position: number } | undefined)?.position ?? 0;

  return {
    async read({ after, types, limit }) {
      const keptAfter = Number((setting.get(prunedTo) as { value: string } | undefined)?.value ?? 0);
      const events: { position: number; body: string }[] = [];
      const until = end();
      let upTo = Math.min(Math.max(after, keptAfter), until);
      while (upTo < until) {
        const edge = Math.min(upTo + window, until);
        for (const row of page.iterate(upTo, edge) as Iterable<Pick<Row, "position" | "type" | "body">>) {
          if (types && !types.includes(row.type)) continue;
          if (events.length === limit) return { events, upTo, more: true, gap: after < keptAfter };
          events.push({ position: row.position, body: row.body });
          upTo = row.position;
        }
        upTo = edge;
      }
      return { events, upTo, more: false, gap: after < keptAfter };
    },

    async end() {
      return { log: (setting.get("log") as { value: string }).value, position: end() };
    },

    async list({ state, key, after = 0, limit }) {
      const wanted = [
        "position > ?",
        ...(state === undefined ? [] : [`state = ${stateNumber(state)}`]),
        ...(key === undefined ? [] : ["key = ?"]),
      ];
      const query = sql.prepare(
        `SELECT ${columns} FROM events WHERE ${wanted.join(" AND ")} ORDER BY position LIMIT ?`,
      );
      const rows = query.all(after, ...(key === undefined ? [] : [key]), limit);
      return (rows as unknown as Row[]).map(toStoredEvent);
    },

    async stats() {
      const { oldest, ...counts } = figures.get() as Omit<StoreStats, "accepted" | "oldestWaitingMs"> & {
        oldest: number | null;
      };
      const accepted = Math.max(end(), (last.get() as { position: number | null }).position ?? 0);
      return { ...counts, accepted, oldestWaitingMs: oldest === null ? null : Math.max(0, now() - oldest) };
    },
  };
}

/**
 * Forgets a group of events that were done before `before`, the oldest first. What waits or is dead stays, however old. Run
 * it inside a transaction.
 */
export function pruningOf(sql: DatabaseSync) {
  const old = sql.prepare(
    "SELECT position FROM events WHERE state = 1 AND done_at < ? ORDER BY done_at, position LIMIT ?",
  );
  const forget = sql.prepare("DELETE FROM events WHERE position = ?");
  const remember = sql.prepare(
    `INSERT INTO settings (name, value) VALUES ('${prunedTo}', ?) ON CONFLICT (name)
     DO UPDATE SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))`,
  );

  return (before: number): { forgotten: number; more: boolean } => {
    const positions = (old.all(before, pruneGroup) as { position: number }[]).map(({ position }) => position);
    for (const position of positions) forget.run(position);
    if (positions.length > 0) remember.run(String(Math.max(...positions)));
    return { forgotten: positions.length, more: positions.length === pruneGroup };
  };
}
