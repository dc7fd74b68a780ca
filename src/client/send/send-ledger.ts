/** A send's entry in the ledger: claimed before its request leaves, and what became of it. */

import type { MessageInput } from "../../api/index.ts";
import { toConversationId } from "../../api/values/conversation-id.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError, addSettlingTime, getTimeLeft } from "../deadline.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import type { ClaimResult, LedgerEntry, LedgerKey, SendRecord } from "../ledger/ledger.ts";
import type { ResponseBody } from "../response.ts";
import { textOrNull } from "../wire/json.ts";
import { askLedger, noteInLedger } from "./ledger-calls.ts";
import type { PreparedSend } from "./parse-send.ts";

/** The message as OnSync answered it, or as the history has it. */
export type SentBody = ResponseBody<"sendMessage">;

/** `alreadySent`: an earlier call sent it, and this one sent nothing. */
export type SendResult = { message: SentBody; alreadySent?: true };

/**
 * How long after its call's time is over a send with an unknown outcome is not made again, in milliseconds: a request that
 * was lost may take effect late, and a history may lag.
 */
export const graceMs = 5 * 60_000;

/** Time to find out what became of a lost answer, and some more, so that a claim outlives its call. */
const leaseMarginMs = 15_000;

export function toLedgerKey({ ledgerScope }: ClientContext, reference: string): LedgerKey {
  return { scope: ledgerScope, reference };
}

/**
 * @param replaces the `claimId` of an open entry that certainly was not sent
 * @throws what `askLedger` throws: nothing may be sent then
 */
export async function claimSend(context: ClientContext, send: PreparedSend, replaces?: string): Promise<ClaimResult> {
  const { ledger } = context;
  const { identity, fingerprint, deadline } = send;
  const { platform, to, messageType } = send.input;
  const message = { ...toLedgerKey(context, identity.clientReference), fingerprint, platform, to, messageType };
  const leaseMs = Math.max(0, getTimeLeft(deadline)) + leaseMarginMs;
  let claiming: Promise<ClaimResult> | undefined;
  try {
    // A call that waited for another one's outcome may still learn it after its own deadline.
    return await askLedger(context, addSettlingTime(deadline), () => {
      claiming = ledger.claim(message, { leaseMs, replaces });
      return claiming;
    });
  } catch (error) {
    // A claim that is granted after its call has ended would leave the reference open for nothing.
    const free = async ({ granted, entry }: ClaimResult) =>
      granted && ledger.record(entry, { state: "not_sent", reason: "its call ended first" }, entry.claimId);
    claiming?.then(free).catch(() => {});
    throw error;
  }
}

/** What an error says of a send, without the message's text. */
function describeError(error: unknown): string {
  if (!isOnSyncError(error)) return "an error of another kind";
  return isApiError(error) ? `${error.name} ${error.status} ${error.code}` : error.name;
}

function toSentRecord({ id, conversationId, createdAt, requestId }: SentBody): SendRecord {
  const about = { messageId: String(id), conversationId: textOrNull(conversationId), sentAt: textOrNull(createdAt) };
  return { state: "sent", ...about, requestId };
}

/** @param sentNothing the call certainly sent nothing, whatever its error says of earlier ones */
function toFailedRecord(error: unknown, sentNothing: boolean): SendRecord {
  const requestId = isOnSyncError(error) ? error.requestId : undefined;
  if (sentNothing)
    return { state: "not_sent", reason: "this call sent nothing, and could not tell what was sent before", requestId };
  if (isErrorNamed(error, "UnknownOutcomeError"))
    return { state: "unknown", reason: `its answer was lost: ${describeError(error.cause)}`, requestId };
  if (isOnSyncError(error)) return { state: "not_sent", reason: describeError(error), requestId };
  if (error instanceof AbortedError && error.sent === false) return { state: "not_sent", reason: "it was aborted" };
  return { state: "unknown", reason: "it ended in an error of another kind" };
}

/** Notes that a message was sent. */
export async function recordSent(context: ClientContext, entry: LedgerEntry, message: SentBody): Promise<void> {
  await noteInLedger(context, () => context.ledger.record(entry, toSentRecord(message), entry.claimId));
}

/**
 * Notes how a send failed.
 *
 * @returns the entry as it is now; `null` where that cannot be told: it may read `claimed` until its lease is over, and
 *   `unknown` from then on
 */
export async function recordFailed(
  context: ClientContext,
  entry: LedgerEntry,
  error: unknown,
  sentNothing: boolean,
): Promise<LedgerEntry | null> {
  const note = async () => context.ledger.record(entry, toFailedRecord(error, sentNothing), entry.claimId);
  return (await noteInLedger(context, note)) ?? null;
}

/** Whether an open entry has been open for so long that what is not there will not come. */
export function isGraceOver({ ageMs, leaseMs }: LedgerEntry): boolean {
  return ageMs >= leaseMs + graceMs;
}

/** The message of a settled entry as an answer: the ledger keeps what it is called, the caller has what it says. */
export function toSentBody({ clock }: ClientContext, entry: LedgerEntry, input: MessageInput): SentBody {
  const { platform, to, messageType, metadata } = input;
  return {
    id: entry.messageId ?? "",
    conversationId: entry.conversationId ?? toConversationId(platform, to),
    platform,
    to,
    type: messageType,
    direction: "outbound",
    ...(input.messageType === "text" && { content: input.content }),
    metadata: { ...metadata, clientReference: entry.reference },
    createdAt: entry.sentAt ?? entry.claimedAt,
    requestId: entry.requestId ?? "",
    timestamp: new Date(clock.now()).toISOString(),
  };
}
