/** The engine for one receiver: everything in one SQLite file, nothing but what is under way in memory. */
import { type Clock, systemClock } from "../../client/clock.ts";
import { orderKey } from "../key.ts";
import { defaultKeepMs, type EventStore, type StoreOptions, type Taken } from "../store.ts";
import { createGroupCommit } from "./group-commit.ts";
import { pruningOf, readingOf } from "./log.ts";
import { columns, type Row, stateNumber, storedEvent } from "./rows.ts";
import { claimEventFile, openEventFile } from "./schema.ts";

export type SqliteStoreOptions = StoreOptions & {
  /** Path of the event file, or `:memory:`. */
  file: string;
  /** Whether this is the one receiver that hands on from it. `true` by default; `false` to look and to replay beside it. */
  claim?: boolean;
  clock?: Clock;
};

type Head = { position: number; received_at: number };

/** @throws Error with a sentence where the file cannot be used, or another receiver has it */
export const openSqliteStore = (options: SqliteStoreOptions): EventStore => {
  const { file, claim = true, holdBackMs = 0, keepMs = defaultKeepMs, clock = systemClock } = options;
  const unclaim = claim ? claimEventFile(file) : () => {};
  let sql: ReturnType<typeof openEventFile>;
  try {
    sql = openEventFile(file);
  } catch (error) {
    unclaim();
    throw error;
  }
  const commits = createGroupCommit(sql);
  const prune = pruningOf(sql);
  const watchers = new Set<() => void>();
  /** Keys that somebody works on: only this process hands on, so they need not be on disk. */
  const busy = new Set<string>();

  const insert = sql.prepare(
    "INSERT INTO events (id, type, key, rank, created_at, received_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const known = sql.prepare("SELECT 1 FROM events WHERE id = ?");
  const queue = sql.prepare("INSERT OR IGNORE INTO queues (key, due_at) VALUES (?, ?)");
  const dueAt = sql.prepare("UPDATE queues SET due_at = ? WHERE key = ?");
  const unqueue = sql.prepare("DELETE FROM queues WHERE key = ?");
  const dueKeys = sql.prepare("SELECT key FROM queues WHERE due_at <= ? ORDER BY due_at LIMIT ?");
  const dueTimes = sql.prepare("SELECT key, due_at FROM queues ORDER BY due_at LIMIT ?");
  const headOf = sql.prepare(
    "SELECT position, received_at FROM events WHERE key = ? AND state = 0 ORDER BY rank, position LIMIT 1",
  );
  const eventAt = sql.prepare(`SELECT ${columns} FROM events WHERE position = ?`);
  const settle = sql.prepare("UPDATE events SET state = ?, error = ? WHERE position = ?");
  const note = sql.prepare(
    "UPDATE events SET attempts = attempts + 1, refusals = refusals + ?, error = ? WHERE position = ?",
  );
  const revive = sql.prepare(
    "UPDATE events SET state = 0, attempts = 0, refusals = 0, error = NULL WHERE id = ? AND state != 0 RETURNING key",
  );
  const setting = sql.prepare("SELECT value FROM settings WHERE name = ?");
  const set = sql.prepare(
    "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
  );
  const unset = sql.prepare("DELETE FROM settings WHERE name = ?");

  const head = (key: string): Head | undefined => headOf.get(key) as Head | undefined;
  const settingOf = (name: string): string | null =>
    (setting.get(name) as { value: string } | undefined)?.value ?? null;
  const tellWatchers = (): void => {
    for (const listener of watchers) listener();
  };

  /** The key's next event, if it has one, becomes due. */
  const goOn = (key: string): void => {
    const next = head(key);
    // The time of the queue, not of the event: keys with much to do take turns with the others.
    if (next) dueAt.run(Math.max(clock.now(), next.received_at + holdBackMs), key);
    else unqueue.run(key);
  };

  const settled = async ({ key }: Taken, change: () => void): Promise<boolean> => {
    try {
      await commits.write(change, false);
      return true;
    } finally {
      busy.delete(key);
    }
  };

  return {
    async accept({ event, body }) {
      const key = orderKey(event);
      const now = clock.now();
      const created = Date.parse(event.createdAt);
      const createdAt = Number.isNaN(created) ? now : created;
      const isNew = await commits.write(() => {
        const rank = holdBackMs > 0 ? createdAt : 0;
        if (known.get(event.id) !== undefined) return false;
        const { lastInsertRowid } = insert.run(event.id, event.type, key, rank, createdAt, now, body);
        const fresh = queue.run(key, now + holdBackMs).changes > 0;
        // Held back, one that was created earlier goes before those that wait already, after its own time.
        if (!fresh && holdBackMs > 0 && head(key)?.position === Number(lastInsertRowid))
          dueAt.run(now + holdBackMs, key);
        return true;
      }, true);
      if (isNew) tellWatchers();
      return isNew;
    },

    async take(limit) {
      const now = clock.now();
      const due = dueKeys.all(now, limit + busy.size) as { key: string }[];
      const taken: Taken[] = [];
      for (const { key } of due) {
        if (taken.length === limit) break;
        if (busy.has(key)) continue;
        const first = head(key);
        if (!first) continue;
        busy.add(key);
        const event = storedEvent(eventAt.get(first.position) as unknown as Row);
        taken.push({ ...event, lease: "", heldUntil: Number.POSITIVE_INFINITY });
      }
      return taken;
    },

    done: (taken) =>
      settled(taken, () => {
        settle.run(stateNumber("done"), null, taken.position);
        goOn(taken.key);
      }),

    retry: (taken, { at, error, refused }) =>
      settled(taken, () => {
        note.run(refused ? 1 : 0, error, taken.position);
        dueAt.run(at, taken.key);
      }),

    bury: (taken, error) =>
      settled(taken, () => {
        note.run(1, error, taken.position);
        settle.run(stateNumber("dead"), error, taken.position);
        goOn(taken.key);
      }),

    async nextDueAt() {
      const times = dueTimes.all(busy.size + 1) as { key: string; due_at: number }[];
      return times.find(({ key }) => !busy.has(key))?.due_at ?? null;
    },

    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    ...readingOf(sql, clock.now),

    async replay(ids) {
      const now = clock.now();
      const replayed = await commits.write(
        () =>
          ids.filter((id) => {
            const row = revive.get(id) as { key: string } | undefined;
            if (row && queue.run(row.key, now).changes === 0) dueAt.run(now, row.key);
            return row !== undefined;
          }),
        true,
      );
      if (replayed.length > 0) tellWatchers();
      return replayed;
    },

    async prune() {
      let all = 0;
      for (let more = true; more; ) {
        const step = await commits.write(() => prune(clock.now() - keepMs), false);
        all += step.forgotten;
        more = step.more;
      }
      return all;
    },

    setting: async (name) => settingOf(name),
    swapSetting: (name, from, to) =>
      commits.write(() => {
        if (settingOf(name) !== from) return false;
        if (to === null) unset.run(name);
        else set.run(name, to);
        return true;
      }, true),

    async close() {
      await commits.flushed();
      sql.close();
      unclaim();
    },
  };
};
