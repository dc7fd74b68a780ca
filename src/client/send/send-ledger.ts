/** A send's note in the ledger: claimed before its request leaves, and what became of it. */
import { conversationIdOf, type Message, type MessageInput } from "../../api/index.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError, addSettlingTime, type Deadline, getTimeLeft, noteWithin, withDeadline } from "../deadline.ts";
import { OnSyncError, ReferenceConflictError, TimeoutError } from "../errors/errors.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import type { ClaimResult, LedgerEntry, LedgerKey, SendRecord } from "../ledger/ledger.ts";
import { notifyHook, type PreparedRequest } from "../request.ts";
import type { ApiResponse } from "../response.ts";
import { recallConversationId } from "./conversation-ids.ts";
import type { MessageIdentity } from "./find-sent.ts";

/** One call of `messages.send`, checked. */
export type Send = {
  input: MessageInput;
  prepared: PreparedRequest;
  deadline: Deadline;
  identity: MessageIdentity;
  fingerprint: string;
};

/**
 * How long after its call's time is over a send with an unknown outcome is not made again, in milliseconds: a request that
 * was lost may take effect late, and a history may lag.
 */
export const graceMs = 5 * 60_000;

/** Time to find out what became of a lost answer, and some more, so that a claim outlives its call. */
const leaseMarginMs = 15_000;

/** @throws OnSyncError where the ledger cannot be asked: nothing may be sent then; TimeoutError, AbortedError */
export async function askLedger<Value>(
  { redact }: ClientContext,
  deadline: Deadline,
  ask: () => Promise<Value>,
): Promise<Value> {
  const ending = await withDeadline(deadline, ask);
  switch (ending.kind) {
    case "done":
      return ending.value;
    case "aborted":
      throw new AbortedError(deadline.signal?.reason, false);
    case "expired":
      throw new TimeoutError("The deadline passed before the send ledger answered", { sent: false });
    case "failed": {
      const cause = redact.error(ending.error);
      throw new OnSyncError(`The send ledger cannot be asked: ${cause.message}`, {
        advice:
          "Nothing was sent: see to the ledger (a file that cannot be written, a Redis that is away), then try again.",
        cause,
      });
    }
  }
}

/** What other processes on the ledger know of the recipient's conversation. */
export function recallConversation(
  context: ClientContext,
  deadline: Deadline,
  { platform, to }: MessageInput,
): Promise<void> {
  return askLedger(context, addSettlingTime(deadline), () => recallConversationId(context, platform, to));
}

/** @param replaces the `claimId` of an open entry that certainly was not sent */
export async function claimSend(context: ClientContext, send: Send, replaces?: string): Promise<ClaimResult> {
  const { input, identity, fingerprint, deadline } = send;
  const { platform, to, messageType } = input;
  const message = { ...toLedgerKey(context, identity.clientReference), fingerprint, platform, to, messageType };
  const leaseMs = Math.max(0, getTimeLeft(deadline)) + leaseMarginMs;
  const { ledger } = context;
  let claiming: Promise<ClaimResult> | undefined;
  try {
    // A call that waited for another one's outcome may still learn it after its own deadline.
    return await askLedger(context, addSettlingTime(deadline), () => {
      claiming = ledger.claim(message, replaces === undefined ? { leaseMs } : { leaseMs, replaces });
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

export function toLedgerKey({ ledgerScope }: ClientContext, reference: string): LedgerKey {
  return { scope: ledgerScope, reference };
}

type SendResult =
  | { kind: "sent"; answer: ApiResponse }
  /** `sentNothing`: the call certainly sent nothing, whatever its error says of earlier ones. */
  | { kind: "failed"; error: unknown; sentNothing?: boolean };

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** What an error says of a send, without the message's text. */
function describeError(error: unknown): string {
  if (!isOnSyncError(error)) return "an error of another kind";
  return isApiError(error) ? `${error.name} ${error.status} ${error.code}` : error.name;
}

function toSendRecord(ending: SendResult): SendRecord {
  if (ending.kind === "sent") {
    const { id, conversationId, createdAt, requestId } = ending.answer.body;
    const about = { messageId: String(id), conversationId: text(conversationId), sentAt: text(createdAt) };
    return { state: "sent", ...about, requestId };
  }
  const { error } = ending;
  const requestId = isOnSyncError(error) ? error.requestId : undefined;
  const answered = requestId === undefined ? {} : { requestId };
  if (ending.kind === "failed" && ending.sentNothing)
    return {
      state: "not_sent",
      reason: "this call sent nothing, and could not tell what was sent before",
      ...answered,
    };
  if (isErrorNamed(error, "UnknownOutcomeError"))
    return { state: "unknown", reason: `its answer was lost: ${describeError(error.cause)}`, ...answered };
  const certain = isOnSyncError(error) || (error instanceof AbortedError && error.sent === false);
  if (!certain) return { state: "unknown", reason: "it ended in an error of another kind" };
  return {
    state: "not_sent",
    reason: error instanceof AbortedError ? "it was aborted" : describeError(error),
    ...answered,
  };
}

/**
 * Notes how a send ended. @returns the entry as it is now; `null` where that cannot be told: it may read `claimed` until its
 * lease is over, and `unknown` from then on
 */
export async function recordSend(
  context: ClientContext,
  entry: LedgerEntry,
  ending: SendResult,
): Promise<LedgerEntry | null> {
  const { ledger, hooks, redact } = context;
  let now: LedgerEntry | null = null;
  const failed = await noteWithin(context, async () => {
    now = await ledger.record(entry, toSendRecord(ending), entry.claimId);
  });
  if (failed !== undefined) notifyHook(hooks.onLedgerError, redact.error(failed));
  return now;
}

/** Whether an open entry has been open for so long that what is not there will not come. */
export function isGraceOver({ ageMs, leaseMs }: LedgerEntry): boolean {
  return ageMs >= leaseMs + graceMs;
}

/** The message of a settled entry as an answer: the ledger keeps what it is called, the caller has what it says. */
export function toSentResponse({ clock }: ClientContext, entry: LedgerEntry, input: MessageInput): ApiResponse {
  const { platform, to, messageType, metadata } = input;
  const body = {
    id: entry.messageId ?? "",
    conversationId: entry.conversationId ?? conversationIdOf(platform, to),
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
  return { status: 200, body, serverTime: null };
}

/** @param other the message that has the reference, in the ledger or the history; `null`: it is being sent now */
export function createConflictError(
  clientReference: string,
  other: LedgerEntry | Message | null,
): ReferenceConflictError {
  const messageId = other && "claimId" in other ? (other as LedgerEntry).messageId : text(other?.id);
  const named = messageId === null ? "a message that is open" : `message ${messageId}`;
  return new ReferenceConflictError(
    `Nothing was sent: clientReference ${JSON.stringify(clientReference)} belongs to ${named} with another text, template or recipient`,
    { clientReference, messageId, conversationId: text(other?.conversationId) },
  );
}
