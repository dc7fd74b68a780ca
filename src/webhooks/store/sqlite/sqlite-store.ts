/** The engine for one receiver: everything in one SQLite file, nothing but what is under way in memory. */
import { type Clock, monotonicNow, systemClock } from "../../../client/clock.ts";
import { orderKey, readOrg } from "../../order-key.ts";
import { type ClaimedEvent, defaultKeepMs, EventConflictError, type EventStore, type StoreOptions } from "../store.ts";
import { type Claim, claimEventFile, type FileLock, lockEventFile } from "./file-lock.ts";
import { createGroupCommit } from "./group-commit.ts";
import { pruningOf, readingOf } from "./read.ts";
import { roundRobin } from "./round-robin.ts";
import { columns, type Row, stateNumber, toStoredEvent } from "./rows.ts";
import { findEventFile, openEventFile } from "./schema.ts";

export type SqliteStoreOptions = StoreOptions & {
  /** Path of the event file, or `:memory:`. */
  file: string;
  /** Whether this is the one receiver that hands on from it. `true` by default; `false` to look and to replay beside it. */
  claim?: boolean;
  clock?: Clock;
};

type Head = { position: number; sequence: number | null; arrived_at: number };
type Due = { key: string; due_at: number };

const notClaimed: Claim = { isHeld: () => true, release() {} };

function openClaimed(file: string, claim: boolean) {
  const path = findEventFile(file);
  const lock: FileLock = claim ? lockEventFile(path) : { release() {} };
  let sql: ReturnType<typeof openEventFile> | undefined;
  try {
    sql = openEventFile(path);
    return { sql, lock, claimed: claim ? claimEventFile(sql, path) : notClaimed };
  } catch (error) {
    sql?.close();
    lock.release();
    throw error;
  }
}

/** @throws Error with a sentence where the file cannot be used, or another receiver has it */
export function openSqliteStore(options: SqliteStoreOptions): EventStore {
  const { file, claim = true, holdBackMs = 0, keepMs = defaultKeepMs, clock = systemClock } = options;
  const { sql, lock, claimed } = openClaimed(file, claim);
  const commits = createGroupCommit(sql);
  const prune = pruningOf(sql);
  const watchers = new Set<() => void>();
  /** Keys that somebody works on: only this process hands on, so they need not be on disk. */
  const busy = new Set<string>();
  let newestFirst = false;

  /** The time of day when the file was opened, and what has passed since: setting the clock does not change it. */
  const [openedAt, started] = [clock.now(), monotonicNow(clock)];
  const time = (): number => Math.floor(openedAt + monotonicNow(clock) - started);

  const insert = sql.prepare(
    `INSERT INTO events (id, org, type, key, rank, created_at, received_at, arrived_at, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const known = sql.prepare("SELECT body FROM events WHERE id = ? AND org = ?");
  const lastRank = sql.prepare(
    "SELECT rank FROM events WHERE key = ? AND state = 0 AND sequence IS NULL ORDER BY rank DESC LIMIT 1",
  );
  const queue = sql.prepare("INSERT OR IGNORE INTO queues (key, due_at, wait_ms) VALUES (?, ?, ?)");
  const dueIn = sql.prepare(
    "UPDATE queues SET due_at = :now + :waitMs, wait_ms = :waitMs, failing = :failing, hanging = :hanging WHERE key = :key",
  );
  const dueAtOnce = sql.prepare("UPDATE queues SET due_at = 0, wait_ms = 0 WHERE key = ?");
  const unqueue = sql.prepare("DELETE FROM queues WHERE key = ?");
  const longestDue = sql.prepare(
    "SELECT key, due_at FROM queues WHERE hanging = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
  );
  const newestDue = sql.prepare(
    "SELECT key, due_at FROM queues WHERE hanging = 0 AND due_at <= ? ORDER BY due_at DESC LIMIT ?",
  );
  const headOf = sql.prepare(
    `SELECT position, sequence, arrived_at FROM events WHERE key = ? AND state = 0
     ORDER BY sequence DESC, rank, position LIMIT 1`,
  );
  const eventAt = sql.prepare(`SELECT ${columns} FROM events WHERE position = ?`);
  // The time in microseconds, so that a file made anew goes on above what its consumers have had.
  const nextSequence = sql.prepare(
    `INSERT INTO settings (name, value) VALUES ('sequence', ?) ON CONFLICT (name)
     DO UPDATE SET value = max(CAST(value AS INTEGER) + 1, CAST(excluded.value AS INTEGER)) RETURNING value`,
  );
  const number = sql.prepare("UPDATE events SET sequence = ? WHERE position = ?");
  const settle = sql.prepare("UPDATE events SET state = ?, error = ?, done_at = ? WHERE position = ?");
  const note = sql.prepare(
    "UPDATE events SET attempts = attempts + 1, refusals = refusals + ?, error = ? WHERE position = ?",
  );
  const revive = sql.prepare(
    `UPDATE events SET state = 0, attempts = 0, refusals = 0, error = NULL, sequence = NULL, done_at = NULL
     WHERE id = :id AND (:org IS NULL OR org = :org) AND state != 0 RETURNING id, key, position`,
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

  /** The clock may have been set back since the file was last open: then nothing waits for longer than it was told to. */
  if (claim) {
    const now = time();
    sql.prepare("UPDATE queues SET due_at = ? + wait_ms WHERE due_at > ? + wait_ms").run(now, now);
    sql.prepare("UPDATE events SET arrived_at = ? WHERE state = 0 AND arrived_at > ?").run(now, now);
    sql.prepare("UPDATE events SET done_at = ? WHERE state = 1 AND done_at > ?").run(now, now);
  }

  /** The key's next event, if it has one, becomes due. */
  const goOn = (key: string): void => {
    const next = head(key);
    const now = time();
    // The time of the queue, not of the event: keys with much to do take turns with the others.
    // One that was replayed may have arrived before the clock was set back: it waits for no longer than a hold-back either.
    const heldMs = next ? Math.min(holdBackMs, Math.max(0, next.arrived_at + holdBackMs - now)) : 0;
    if (next) dueIn.run({ now, waitMs: heldMs, failing: 0, hanging: 0, key });
    else unqueue.run(key);
  };

  const settled = async ({ key }: ClaimedEvent, change: () => void): Promise<boolean> => {
    try {
      return await commits.write(() => {
        if (!claimed.isHeld()) return false;
        change();
        return true;
      }, false);
    } finally {
      busy.delete(key);
    }
  };

  /** Keys to take from now: those that hang first, up to their share, then the others. */
  const dueKeys = (limit: number, mostHanging: number): { hanging: string[]; others: string[] } => {
    const now = time();
    const most = limit + busy.size + 1;
    const free = (rows: unknown): string[] => (rows as Due[]).map(({ key }) => key).filter((key) => !busy.has(key));
    const share = Math.min(limit, Math.max(0, mostHanging));
    const hanging = share > 0 ? free(longestDue.all(1, now, share + busy.size)).slice(0, share) : [];
    const room = limit - hanging.length;
    const oldest = free(longestDue.all(0, now, most));
    if (oldest.length <= room) return { hanging, others: oldest };
    const newest = free(newestDue.all(now, most));
    return { hanging, others: roundRobin(oldest, newest, room, newestFirst) };
  };

  /** Numbered on disk before anybody sees the number. */
  const takeHead = (key: string, hanging: boolean): ClaimedEvent | undefined => {
    const first = head(key);
    if (!first) {
      unqueue.run(key);
      return undefined;
    }
    if (first.sequence === null) {
      const { value } = nextSequence.get(String(time() * 1000)) as { value: string };
      number.run(Number(value), first.position);
    }
    const event = toStoredEvent(eventAt.get(first.position) as unknown as Row);
    return { ...event, sequence: event.sequence as number, hanging, lease: "", leaseMs: Number.POSITIVE_INFINITY };
  };

  return {
    async accept({ event, body }) {
      const key = orderKey(event);
      const created = Date.parse(event.createdAt);
      const receivedAt = clock.now();
      const createdAt = Number.isNaN(created) ? receivedAt : created;
      const org = readOrg(event);
      const outcome = await commits.write(() => {
        const kept = known.get(event.id, org) as { body: string } | undefined;
        if (kept !== undefined) return kept.body === body ? "repeat" : "conflict";
        const now = time();
        // Without a hold-back, after all that waits, of the time when there was one too.
        const last = (lastRank.get(key) as { rank: number } | undefined)?.rank ?? 0;
        const rank = holdBackMs > 0 ? createdAt : last;
        const { lastInsertRowid } = insert.run(event.id, org, event.type, key, rank, createdAt, receivedAt, now, body);
        const fresh = queue.run(key, now + holdBackMs, holdBackMs).changes > 0;
        // Held back, one that was created earlier goes before those that wait already, after its own time.
        if (!fresh && holdBackMs > 0 && head(key)?.position === Number(lastInsertRowid))
          dueIn.run({ now, waitMs: holdBackMs, failing: 0, hanging: 0, key });
        return "new";
      }, true);
      // Not within the transaction, which others share.
      if (outcome === "conflict") throw new EventConflictError();
      if (outcome === "new") tellWatchers();
      return outcome === "new";
    },

    async take(limit, mostHanging = limit) {
      if (limit <= 0) return [];
      // A look that finds nothing writes nothing.
      const due = dueKeys(limit, mostHanging);
      if (due.hanging.length + due.others.length === 0) return [];
      const mine: string[] = [];
      try {
        const all = await commits.write(() => {
          if (!claimed.isHeld()) return null;
          const { hanging, others } = dueKeys(limit, mostHanging);
          newestFirst = !newestFirst;
          return [...hanging, ...others].flatMap((key, index) => {
            const taken = takeHead(key, index < hanging.length);
            if (!taken) return [];
            busy.add(key);
            mine.push(key);
            return [taken];
          });
        }, true);
        if (all === null)
          throw new Error(`Another receiver has taken over the event file ${file}: this one hands on nothing more.`);
        return all;
      } catch (error) {
        for (const key of mine) busy.delete(key);
        throw error;
      }
    },

    done: (taken) =>
      settled(taken, () => {
        settle.run(stateNumber("done"), null, time(), taken.position);
        goOn(taken.key);
      }),

    retry: (taken, { afterMs, error, refused, hung = false }) =>
      settled(taken, () => {
        note.run(refused ? 1 : 0, error, taken.position);
        dueIn.run({ now: time(), waitMs: Math.ceil(afterMs), failing: 1, hanging: hung ? 1 : 0, key: taken.key });
      }),

    bury: (taken, error) =>
      settled(taken, () => {
        note.run(1, error, taken.position);
        settle.run(stateNumber("dead"), error, null, taken.position);
        goOn(taken.key);
      }),

    async nextDueInMs(hanging = true) {
      const next = (of: number): number[] =>
        (longestDue.all(of, Number.MAX_SAFE_INTEGER, busy.size + 1) as Due[])
          .filter(({ key }) => !busy.has(key))
          .map(({ due_at }) => Math.max(0, due_at - time()));
      const all = [...next(0), ...(hanging ? next(1) : [])];
      return all.length === 0 ? null : Math.min(...all);
    },

    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    ...readingOf(sql, clock.now),

    async replay(events) {
      const replayed = await commits.write(
        () =>
          events.flatMap((each) => {
            const { id, org } = typeof each === "string" ? { id: each, org: null } : each;
            return (revive.all({ id, org }) as { id: string; key: string; position: number }[]).map((row) => {
              // At once, by whatever clock. One that is taken, or waits to be tried again, is not hurried.
              const fresh = queue.run(row.key, 0, 0).changes > 0;
              if (!fresh && head(row.key)?.position === row.position) dueAtOnce.run(row.key);
              return row.id;
            });
          }),
        true,
      );
      if (replayed.length > 0) tellWatchers();
      return replayed;
    },

    async prune() {
      let all = 0;
      for (let more = true; more; ) {
        const step = await commits.write(() => prune(time() - keepMs), false);
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
      claimed.release();
      sql.close();
      lock.release();
    },
  };
}
