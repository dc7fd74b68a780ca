/** The send ledger in one SQLite file, for the processes of one machine. */
import type { Clock } from "../client/clock.ts";
import {
  calculateAdmissionRetentionMs,
  canClaim,
  defaultListLimit,
  entryRetentionMs,
  findUsedUpLimit,
  type LedgerEntry,
  type LedgerKey,
  type SendLedger,
  type SendState,
  sendStates,
  toLedgerEntry,
} from "../client/ledger/ledger.ts";
import { createId } from "./ids.ts";
import { isBusy, openLedgerFile } from "./ledger-file.ts";
import { createStamps, type Stamp } from "./stamps.ts";

export type SqliteLedgerOptions = {
  /** Path of the file. It is made, for its owner alone, where there is none. */
  file: string;
  clock?: Clock | undefined;
  /** Seconds since the machine started. Default: the system's, or the monotonic time of the clock that is given. */
  uptime?: (() => number) | undefined;
  /** Milliseconds to wait for another process that holds the file, without holding up this one. Default 5,000. */
  busyMs?: number | undefined;
};

type Row = {
  scope: string;
  reference: string;
  id: string;
  claim_id: string;
  state: SendState;
  fingerprint: string;
  platform: string;
  recipient: string;
  message_type: string;
  conversation_id: string | null;
  message_id: string | null;
  sent_at: string | null;
  reason: string | null;
  request_id: string | null;
  lease_ms: number;
  claimed_at: number;
  claimed_uptime: number;
  claimed_boot: string;
  updated_at: number;
  updated_uptime: number;
  updated_boot: string;
};

/** What is old is deleted at the first of so many claims. */
const claimsBetweenPrunes = 100;
const maxPrunedAtOnce = 1_000;

/** Between two tries to have the file, in milliseconds: as long as some transactions of others. */
const maxPauseMs = 10;

function createBusyError(file: string, cause: unknown): Error {
  const message = `The send ledger ${file} is held by another process (a copy being made?): nothing was noted in it.`;
  return new Error(message, { cause });
}

/** The age in SQL, as `Stamps.ageMs` has it. */
function buildAgeSql(prefix = ""): string {
  return `CASE WHEN ${prefix}boot = :boot AND :uptime >= ${prefix}uptime THEN :uptime - ${prefix}uptime ELSE MAX(:uptime, :at - ${prefix}at) END`;
}

function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** @throws Error with a sentence where the file cannot be used, or is another program's */
export function openSqliteLedger({ file, clock, uptime, busyMs = 5_000 }: SqliteLedgerOptions): SendLedger {
  const { sql, checkInPlace } = openLedgerFile(file);
  const stamps = createStamps(clock, uptime);

  const byKey = sql.prepare("SELECT * FROM sends WHERE scope = ? AND reference = ?");
  const byId = sql.prepare("SELECT * FROM sends WHERE id = ?");
  const newestFirst = sql.prepare("SELECT * FROM sends ORDER BY position DESC");
  const openNewestFirst = sql.prepare(
    "SELECT * FROM sends WHERE state IN ('claimed', 'unknown') ORDER BY position DESC",
  );
  const remove = sql.prepare("DELETE FROM sends WHERE scope = ? AND reference = ?");
  const insert = sql.prepare(
    `INSERT INTO sends (scope, reference, id, claim_id, state, fingerprint, platform, recipient, message_type, lease_ms,
       claimed_at, claimed_uptime, claimed_boot, updated_at, updated_uptime, updated_boot)
     VALUES (:scope, :reference, :id, :claimId, 'claimed', :fingerprint, :platform, :to, :messageType, :leaseMs,
       :at, :uptime, :boot, :at, :uptime, :boot)`,
  );
  const touched = "updated_at = :at, updated_uptime = :uptime, updated_boot = :boot";
  const recordSent = sql.prepare(
    `UPDATE sends SET state = 'sent', reason = NULL, request_id = :requestId, message_id = :messageId,
       conversation_id = :conversationId, sent_at = :sentAt, ${touched} WHERE id = :id`,
  );
  const recordOther = sql.prepare(
    `UPDATE sends SET state = :state, reason = :reason, request_id = :requestId, ${touched} WHERE id = :id`,
  );
  const noteOf = sql.prepare("SELECT value, ttl_ms, at, uptime, boot FROM notes WHERE name = ?");
  const writeNote = sql.prepare(
    "INSERT OR REPLACE INTO notes (name, value, ttl_ms, at, uptime, boot) VALUES (:name, :value, :ttlMs, :at, :uptime, :boot)",
  );
  const admitted = sql.prepare(
    "SELECT ticket, window_ms, at, uptime, boot FROM admissions WHERE name = ? ORDER BY position",
  );
  const writeAdmission = sql.prepare(
    `INSERT INTO admissions (name, ticket, window_ms, at, uptime, boot)
     VALUES (:name, :ticket, :windowMs, :at, :uptime, :boot)`,
  );
  const removeAdmission = sql.prepare("DELETE FROM admissions WHERE name = ? AND ticket = ?");
  const prunes = [
    // The wall clock finds them by the index, and the age decides.
    sql.prepare(
      `DELETE FROM sends WHERE position IN (SELECT position FROM sends
         WHERE updated_at <= :at - ${entryRetentionMs} AND ${buildAgeSql("updated_")} >= ${entryRetentionMs}
         ORDER BY updated_at LIMIT ${maxPrunedAtOnce})`,
    ),
    sql.prepare(`DELETE FROM notes WHERE ${buildAgeSql()} >= ttl_ms`),
    sql.prepare(`DELETE FROM admissions WHERE ${buildAgeSql()} >= window_ms`),
  ];

  /** Waits its turn among all processes. SQLite's own waiting would stop whatever else this process does. */
  const inTurn = async <Result>(work: () => Result): Promise<Result> => {
    const until = performance.now() + busyMs;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() >= until) throw createBusyError(file, error);
      }
      // At random, so that nobody comes too late each time.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * maxPauseMs));
    }
  };

  /** Either all of it happens or nothing. */
  const atomically = <Result>(work: () => Result): Promise<Result> => inTurn(() => changing(work));

  const changing = <Result>(work: () => Result): Result => {
    checkInPlace();
    sql.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      sql.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (sql.isTransaction) sql.exec("ROLLBACK");
      throw error;
    }
  };

  const read = (row: Row, now: Stamp): LedgerEntry =>
    toLedgerEntry({
      scope: row.scope,
      reference: row.reference,
      id: row.id,
      claimId: row.claim_id,
      recorded: row.state,
      fingerprint: row.fingerprint,
      platform: row.platform,
      to: row.recipient,
      messageType: row.message_type,
      conversationId: row.conversation_id,
      messageId: row.message_id,
      sentAt: row.sent_at,
      reason: row.reason,
      requestId: row.request_id,
      claimedAt: toIsoTime(row.claimed_at),
      updatedAt: toIsoTime(row.updated_at),
      leaseMs: row.lease_ms,
      ageMs: stamps.getAgeMs({ at: row.claimed_at, uptime: row.claimed_uptime, boot: row.claimed_boot }, now),
    });

  /** `null` for a row that has expired as for none. */
  const current = (found: unknown, now: Stamp): LedgerEntry | null => {
    const row = found as Row | undefined;
    if (row === undefined) return null;
    const since = { at: row.updated_at, uptime: row.updated_uptime, boot: row.updated_boot };
    return stamps.getAgeMs(since, now) < entryRetentionMs ? read(row, now) : null;
  };

  const find = ({ scope, reference }: LedgerKey): LedgerEntry | null =>
    current(byKey.get(scope, reference), stamps.now());

  const liveNote = (name: string, now: Stamp): string | null => {
    const note = noteOf.get(name) as (Stamp & { value: string; ttl_ms: number }) | undefined;
    return note && stamps.getAgeMs(note, now) < note.ttl_ms ? note.value : null;
  };

  let claims = 0;

  return {
    durable: true,

    async claim(message, { leaseMs, replaces }) {
      const { scope, reference, fingerprint, platform, to, messageType } = message;
      return atomically(() => {
        // Read while nobody else writes, so that it is not before a claim that was waited for.
        const now = stamps.now();
        if (claims++ % claimsBetweenPrunes === 0) for (const prune of prunes) prune.run({ ...now });
        const earlier = current(byKey.get(scope, reference), now);
        if (earlier !== null && !canClaim(earlier, replaces)) return { granted: false, entry: earlier };
        remove.run(scope, reference);
        insert.run({
          ...{ scope, reference, fingerprint, platform, to, messageType },
          id: earlier?.id ?? createId("send"),
          claimId: createId("claim"),
          leaseMs: Math.round(leaseMs),
          ...now,
        });
        return { granted: true, entry: read(byKey.get(scope, reference) as unknown as Row, now) };
      });
    },

    async record(key, outcome, claimId) {
      return atomically(() => {
        const entry = find(key);
        if (entry === null || entry.state === "sent") return entry;
        const { id } = entry;
        const { requestId = null } = outcome;
        if (outcome.state === "sent") {
          const { messageId, conversationId, sentAt } = outcome;
          recordSent.run({ id, requestId, messageId, conversationId, sentAt, ...stamps.now() });
        } else if (entry.claimId === claimId) {
          const { state, reason } = outcome;
          recordOther.run({ id, state, reason, requestId, ...stamps.now() });
        }
        return find(key);
      });
    },

    find: (key) => inTurn(() => find(key)),

    get: (id) => inTurn(() => current(byId.get(id), stamps.now())),

    list: ({ states = sendStates, limit = defaultListLimit } = {}) =>
      inTurn(() => {
        const now = stamps.now();
        const onlyOpen = states.every((state) => state === "claimed" || state === "unknown");
        const listed: LedgerEntry[] = [];
        for (const row of (onlyOpen ? openNewestFirst : newestFirst).iterate()) {
          if (listed.length >= limit) break;
          const entry = current(row, now);
          if (entry !== null && states.includes(entry.state)) listed.push(entry);
        }
        return listed;
      }),

    note: (name) => inTurn(() => liveNote(name, stamps.now())),

    async setNote(name, value, { ttlMs, ifAbsent = false }) {
      return atomically(() => {
        const now = stamps.now();
        if (ifAbsent && liveNote(name, now) !== null) return false;
        writeNote.run({ name, value, ttlMs: Math.round(ttlMs), ...now });
        return true;
      });
    },

    async admit(name, limits) {
      const keepMs = calculateAdmissionRetentionMs(limits);
      return atomically(() => {
        const now = stamps.now();
        const ages: number[] = [];
        for (const row of admitted.all(name) as unknown as (Stamp & { ticket: string; window_ms: number })[]) {
          const age = stamps.getAgeMs(row, now);
          if (age < row.window_ms) ages.push(age);
          else removeAdmission.run(name, row.ticket);
        }
        const usedUp = findUsedUpLimit(ages, limits);
        if (usedUp) return { admitted: false, ...usedUp };
        const ticket = createId("ticket");
        writeAdmission.run({ name, ticket, windowMs: keepMs, ...now });
        return { admitted: true, ticket };
      });
    },

    release: (name, ticket) => inTurn(() => void removeAdmission.run(name, ticket)),

    async close() {
      if (sql.isOpen) sql.close();
    },
  };
}
