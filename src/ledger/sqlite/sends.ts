/** The entries of the ledger's file: who has claimed a reference, and what became of its message. */
import {
  type ClaimResult,
  canClaim,
  entryRetentionMs,
  type LedgerEntry,
  type LedgerKey,
  type LedgerMessage,
  type SendRecord,
  type SendState,
  toLedgerEntry,
} from "../../client/ledger/ledger.ts";
import { createId } from "../ids.ts";
import { runInTransaction, runWhenFree, type SqliteContext } from "./context.ts";
import type { Stamp } from "./stamps.ts";

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

function toIsoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function toEntry({ stamps }: SqliteContext, row: Row, now: Stamp): LedgerEntry {
  return toLedgerEntry({
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
}

/** `null` for a row that has expired as for none. */
function toCurrentEntry(context: SqliteContext, found: unknown, now: Stamp): LedgerEntry | null {
  const row = found as Row | undefined;
  if (row === undefined) return null;
  const since = { at: row.updated_at, uptime: row.updated_uptime, boot: row.updated_boot };
  return context.stamps.getAgeMs(since, now) < entryRetentionMs ? toEntry(context, row, now) : null;
}

function readSend(context: SqliteContext, { scope, reference }: LedgerKey): LedgerEntry | null {
  return toCurrentEntry(context, context.statements.findSend.get(scope, reference), context.stamps.now());
}

function prune(context: SqliteContext, now: Stamp): void {
  if (context.claims++ % claimsBetweenPrunes !== 0) return;
  for (const statement of context.statements.prunes) statement.run({ ...now });
}

export function claimSend(
  context: SqliteContext,
  message: LedgerMessage,
  { leaseMs, replaces }: { leaseMs: number; replaces?: string | undefined },
): Promise<ClaimResult> {
  const { scope, reference, fingerprint, platform, to, messageType } = message;
  const { statements, stamps } = context;
  return runInTransaction(context, () => {
    // Read while nobody else writes, so that it is not before a claim that was waited for.
    const now = stamps.now();
    prune(context, now);
    const earlier = toCurrentEntry(context, statements.findSend.get(scope, reference), now);
    if (earlier !== null && !canClaim(earlier, replaces)) return { granted: false, entry: earlier };
    statements.deleteSend.run(scope, reference);
    statements.insertSend.run({
      ...{ scope, reference, fingerprint, platform, to, messageType },
      id: earlier?.id ?? createId("send"),
      claimId: createId("claim"),
      leaseMs: Math.round(leaseMs),
      ...now,
    });
    const row = statements.findSend.get(scope, reference) as unknown as Row;
    return { granted: true, entry: toEntry(context, row, now) };
  });
}

export function recordSend(
  context: SqliteContext,
  key: LedgerKey,
  outcome: SendRecord,
  claimId: string | undefined,
): Promise<LedgerEntry | null> {
  const { statements, stamps } = context;
  return runInTransaction(context, () => {
    const entry = readSend(context, key);
    if (entry === null || entry.state === "sent") return entry;
    const { id } = entry;
    const { requestId = null } = outcome;
    if (outcome.state === "sent") {
      const { messageId, conversationId, sentAt } = outcome;
      statements.recordSent.run({ id, requestId, messageId, conversationId, sentAt, ...stamps.now() });
    } else if (entry.claimId === claimId) {
      const { state, reason } = outcome;
      statements.recordOther.run({ id, state, reason, requestId, ...stamps.now() });
    }
    return readSend(context, key);
  });
}

export function findSend(context: SqliteContext, key: LedgerKey): Promise<LedgerEntry | null> {
  return runWhenFree(context, () => readSend(context, key));
}

export function getSend(context: SqliteContext, id: string): Promise<LedgerEntry | null> {
  const { statements, stamps } = context;
  return runWhenFree(context, () => toCurrentEntry(context, statements.findSendById.get(id), stamps.now()));
}

export function listSends(context: SqliteContext, states: readonly SendState[], limit: number): Promise<LedgerEntry[]> {
  const { statements, stamps } = context;
  return runWhenFree(context, () => {
    const now = stamps.now();
    const onlyOpen = states.every((state) => state === "claimed" || state === "unknown");
    const listed: LedgerEntry[] = [];
    for (const row of (onlyOpen ? statements.listOpenSends : statements.listSends).iterate()) {
      if (listed.length >= limit) break;
      const entry = toCurrentEntry(context, row, now);
      if (entry !== null && states.includes(entry.state)) listed.push(entry);
    }
    return listed;
  });
}
