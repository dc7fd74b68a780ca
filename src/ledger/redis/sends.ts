/** The entries of the ledger in Redis: who has claimed a reference, and what became of its message. */
import {
  type ClaimResult,
  entryRetentionMs,
  type LedgerEntry,
  type LedgerKey,
  type LedgerMessage,
  type SendRecord,
  type SendState,
  toLedgerEntry,
} from "../../client/ledger/ledger.ts";
import type { Reply } from "../../redis.ts";
import { createId } from "../ids.ts";
import { type RedisContext, runScript } from "./context.ts";
import { claimScript, findScript, getScript, listScript, recordScript } from "./scripts.ts";

/** When it was read, by the clock of the claims, and its fields and values in turn. */
type EntryReply = [now: number, fields: string[]];

/** How many entries are looked at in one go. */
const listWindow = 200;

function toEntry([now, fields]: EntryReply): LedgerEntry {
  const values = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2)
    values.set(fields[index] as string, fields[index + 1] as string);
  const text = (name: string): string => values.get(name) ?? "";
  const textOrNull = (name: string): string | null => values.get(name) ?? null;
  const [claimedAt, updatedAt] = [Number(text("claimedAt")), Number(text("updatedAt"))];
  return toLedgerEntry({
    id: text("id"),
    claimId: text("claimId"),
    recorded: text("state") as SendState,
    scope: text("scope"),
    reference: text("reference"),
    fingerprint: text("fingerprint"),
    platform: text("platform"),
    to: text("to"),
    messageType: text("messageType"),
    conversationId: textOrNull("conversationId"),
    messageId: textOrNull("messageId"),
    sentAt: textOrNull("sentAt"),
    reason: textOrNull("reason"),
    requestId: textOrNull("requestId"),
    claimedAt: new Date(claimedAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    leaseMs: Number(text("leaseMs")),
    ageMs: Math.max(0, now - claimedAt),
  });
}

function toEntryOrNull(reply: Reply): LedgerEntry | null {
  return reply === null ? null : toEntry(reply as EntryReply);
}

/** The fields that an outcome sets (a value) or clears (`null`). */
function toChanges(outcome: SendRecord): Record<string, string | null> {
  const { requestId = null } = outcome;
  if (outcome.state !== "sent") return { reason: outcome.reason, requestId };
  const { messageId, conversationId, sentAt } = outcome;
  return { messageId, conversationId, sentAt, reason: null, requestId };
}

function toName({ scope, reference }: LedgerKey): string {
  return JSON.stringify([scope, reference]);
}

export async function claimSend(
  context: RedisContext,
  message: LedgerMessage,
  { leaseMs, replaces = "" }: { leaseMs: number; replaces?: string | undefined },
): Promise<ClaimResult> {
  const { scope, reference, fingerprint, platform, to, messageType } = message;
  const fields = { claimId: createId("claim"), scope, reference, fingerprint, platform, to, messageType };
  const about = [toName(message), replaces, Math.round(leaseMs), createId("send")];
  const reply = await runScript(context, claimScript, entryRetentionMs, ...about, ...Object.entries(fields).flat());
  const [granted, entry] = reply as [number, EntryReply];
  return { granted: granted === 1, entry: toEntry(entry) };
}

export async function recordSend(
  context: RedisContext,
  key: LedgerKey,
  outcome: SendRecord,
  claimId = "",
): Promise<LedgerEntry | null> {
  const changes = Object.entries(toChanges(outcome)).flatMap(([field, value]) =>
    value === null ? [field, 0, ""] : [field, 1, value],
  );
  const about = [toName(key), claimId, outcome.state];
  return toEntryOrNull(await runScript(context, recordScript, entryRetentionMs, ...about, ...changes));
}

export async function findSend(context: RedisContext, key: LedgerKey): Promise<LedgerEntry | null> {
  return toEntryOrNull(await runScript(context, findScript, entryRetentionMs, toName(key)));
}

export async function getSend(context: RedisContext, id: string): Promise<LedgerEntry | null> {
  return toEntryOrNull(await runScript(context, getScript, entryRetentionMs, id));
}

export async function listSends(
  context: RedisContext,
  states: readonly SendState[],
  limit: number,
): Promise<LedgerEntry[]> {
  const set = states.every((state) => state === "claimed" || state === "unknown") ? "open" : "claims";
  const listed: LedgerEntry[] = [];
  for (let below = "+inf"; listed.length < limit; ) {
    const reply = await runScript(context, listScript, entryRetentionMs, set, below, listWindow);
    const found = reply as [position: string, entry: Reply][];
    for (const [, each] of found) {
      const entry = toEntryOrNull(each);
      if (entry !== null && states.includes(entry.state)) listed.push(entry);
    }
    const last = found.at(-1);
    if (last === undefined || found.length < listWindow) break;
    [below] = last;
  }
  return listed.slice(0, Math.max(0, limit));
}
