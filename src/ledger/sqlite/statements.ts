/** The statements of the ledger's file, prepared once. */
import type { DatabaseSync } from "node:sqlite";
import { entryRetentionMs } from "../../client/ledger/ledger.ts";

const maxPrunedAtOnce = 1_000;

export type Statements = ReturnType<typeof prepareStatements>;

/** The age in SQL, as `Stamps.getAgeMs` has it. */
function buildAgeSql(prefix = ""): string {
  return `CASE WHEN ${prefix}boot = :boot AND :uptime >= ${prefix}uptime THEN :uptime - ${prefix}uptime ELSE MAX(:uptime, :at - ${prefix}at) END`;
}

export function prepareStatements(sql: DatabaseSync) {
  return { ...prepareSends(sql), ...prepareNotes(sql), prunes: preparePrunes(sql) };
}

function prepareSends(sql: DatabaseSync) {
  const touched = "updated_at = :at, updated_uptime = :uptime, updated_boot = :boot";
  return {
    findSend: sql.prepare("SELECT * FROM sends WHERE scope = ? AND reference = ?"),
    findSendById: sql.prepare("SELECT * FROM sends WHERE id = ?"),
    listSends: sql.prepare("SELECT * FROM sends ORDER BY position DESC"),
    listOpenSends: sql.prepare("SELECT * FROM sends WHERE state IN ('claimed', 'unknown') ORDER BY position DESC"),
    deleteSend: sql.prepare("DELETE FROM sends WHERE scope = ? AND reference = ?"),
    insertSend: sql.prepare(
      `INSERT INTO sends (scope, reference, id, claim_id, state, fingerprint, platform, recipient, message_type, lease_ms,
         claimed_at, claimed_uptime, claimed_boot, updated_at, updated_uptime, updated_boot)
       VALUES (:scope, :reference, :id, :claimId, 'claimed', :fingerprint, :platform, :to, :messageType, :leaseMs,
         :at, :uptime, :boot, :at, :uptime, :boot)`,
    ),
    recordSent: sql.prepare(
      `UPDATE sends SET state = 'sent', reason = NULL, request_id = :requestId, message_id = :messageId,
         conversation_id = :conversationId, sent_at = :sentAt, ${touched} WHERE id = :id`,
    ),
    recordOther: sql.prepare(
      `UPDATE sends SET state = :state, reason = :reason, request_id = :requestId, ${touched} WHERE id = :id`,
    ),
  };
}

function prepareNotes(sql: DatabaseSync) {
  return {
    findNote: sql.prepare("SELECT value, ttl_ms, at, uptime, boot FROM notes WHERE name = ?"),
    writeNote: sql.prepare(
      `INSERT OR REPLACE INTO notes (name, value, ttl_ms, list, at, uptime, boot)
       VALUES (:name, :value, :ttlMs, :list, :at, :uptime, :boot)`,
    ),
    listNotes: sql.prepare(
      "SELECT value, ttl_ms, at, uptime, boot FROM notes WHERE list = ? ORDER BY at DESC, name DESC",
    ),
    listAdmissions: sql.prepare(
      "SELECT ticket, window_ms, at, uptime, boot FROM admissions WHERE name = ? ORDER BY position",
    ),
    insertAdmission: sql.prepare(
      `INSERT INTO admissions (name, ticket, window_ms, at, uptime, boot)
       VALUES (:name, :ticket, :windowMs, :at, :uptime, :boot)`,
    ),
    deleteAdmission: sql.prepare("DELETE FROM admissions WHERE name = ? AND ticket = ?"),
  };
}

function preparePrunes(sql: DatabaseSync) {
  return [
    // The wall clock finds them by the index, and the age decides.
    sql.prepare(
      `DELETE FROM sends WHERE position IN (SELECT position FROM sends
         WHERE updated_at <= :at - ${entryRetentionMs} AND ${buildAgeSql("updated_")} >= ${entryRetentionMs}
         ORDER BY updated_at LIMIT ${maxPrunedAtOnce})`,
    ),
    sql.prepare(`DELETE FROM notes WHERE ${buildAgeSql()} >= ttl_ms`),
    sql.prepare(`DELETE FROM admissions WHERE ${buildAgeSql()} >= window_ms`),
  ];
}
