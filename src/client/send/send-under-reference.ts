/**
 * Sends under a reference that the caller gave: an earlier call, of this process or another, may have sent the message
 * under it, or be sending it now. The ledger and the history are asked before anything is sent.
 */
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError, addSettlingTime, getTimeLeft, pause } from "../deadline.ts";
import { isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import type { ClaimResult, LedgerEntry } from "../ledger/ledger.ts";
import { findSentMessage, type SearchResult } from "./find-sent.ts";
import { recallConversationId } from "./learn-conversation.ts";
import { askLedger } from "./ledger-calls.ts";
import type { PreparedSend } from "./parse-send.ts";
import { failClaimed, sendClaimed } from "./send-claimed.ts";
import {
  createConflictError,
  createEarlierOutcomeUnknown,
  createUnknownOutcome,
  describeHistory,
  toUnreadableHistoryError,
} from "./send-errors.ts";
import { claimSend, isGraceOver, recordSent, type SendResult, type SentBody, toSentBody } from "./send-ledger.ts";

/** How often the ledger is asked what became of a send that another process makes, in milliseconds. */
const pollMs = 500;

/** One call after the other for each reference of this client. */
export async function sendUnderReference(context: ClientContext, send: PreparedSend): Promise<SendResult> {
  const { mutex, fingerprints } = context.sendsUnderWay;
  const { identity, fingerprint, deadline } = send;
  const { clientReference } = identity;
  const underWay = fingerprints.get(clientReference);
  if (underWay !== undefined && underWay !== fingerprint) throw createConflictError(clientReference, null);
  return mutex.runExclusive(
    clientReference,
    addSettlingTime(deadline),
    async () => {
      fingerprints.set(clientReference, fingerprint);
      try {
        return await claimAndSend(context, send);
      } finally {
        fingerprints.delete(clientReference);
      }
    },
    (because, cause) => createUnknownOutcome(context, identity, "it is being sent by another call", because, { cause }),
  );
}

/** Claims the reference until that is granted, or whoever has it has sent the message. */
async function claimAndSend(context: ClientContext, send: PreparedSend): Promise<SendResult> {
  for (;;) {
    const { granted, entry } = await claimReference(context, send);
    if (granted) return sendUnlessInHistory(context, send, entry);
    if (entry.fingerprint !== send.fingerprint) throw createConflictError(send.identity.clientReference, entry);
    if (entry.state === "sent") return { message: toSentBody(context, entry, send.input), alreadySent: true };
    if (entry.state === "unknown") {
      const earlier = await resolveEarlierSend(context, send, entry);
      return "message" in earlier
        ? { message: earlier.message, alreadySent: true }
        : sendClaimed(context, send, earlier.claimed);
    }
    await waitForOtherProcess(context, send);
  }
}

/** @throws UnknownOutcomeError where the ledger cannot be asked: an earlier call may have sent it */
async function claimReference(context: ClientContext, send: PreparedSend): Promise<ClaimResult> {
  try {
    await askLedger(context, addSettlingTime(send.deadline), () => recallConversationId(context, send.input));
    return await claimSend(context, send);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    const because = "the ledger, which knows, cannot be asked";
    throw createUnknownOutcome(context, send.identity, "nothing was sent now, and it may have been before", because, {
      cause: error,
    });
  }
}

/** The first send under a reference of the caller's: an earlier process may have made it, so the history is asked. */
async function sendUnlessInHistory(
  context: ClientContext,
  send: PreparedSend,
  entry: LedgerEntry,
): Promise<SendResult> {
  const { identity, deadline } = send;
  let result: SearchResult;
  try {
    result = await findSentMessage(context, identity, { since: null, maybeSent: false }, deadline);
    if (result.kind === "conflict") throw createConflictError(identity.clientReference, result.message);
    if (result.kind === "inconclusive") throw toUnreadableHistoryError(context, identity, result);
    // A ledger that lasts would know of an earlier send, whatever this OnSync calls the conversation.
    if (result.kind === "absent" && result.unproven !== null && !context.ledger.durable)
      throw createEarlierOutcomeUnknown(context, identity, result.unproven);
  } catch (error) {
    return failClaimed(context, send, entry, error, { sentNothing: true });
  }
  if (result.kind === "absent") return sendClaimed(context, send, entry);
  await recordSent(context, entry, result.message);
  return { message: result.message, alreadySent: true };
}

/**
 * What became of an earlier send under this reference: its message, or, when it certainly was not sent and its grace is
 * over, a claim to send it now.
 *
 * @throws UnknownOutcomeError, whatever goes wrong: the earlier request may be out
 */
async function resolveEarlierSend(
  context: ClientContext,
  send: PreparedSend,
  entry: LedgerEntry,
): Promise<{ message: SentBody } | { claimed: LedgerEntry }> {
  const { identity, deadline } = send;
  const history = describeHistory(context, identity);
  const reason = `an earlier send under this reference is open (${entry.reason ?? entry.state})`;
  const createError = (because: string, cause?: unknown) =>
    createUnknownOutcome(context, identity, reason, because, { requestId: entry.requestId ?? undefined, cause });
  try {
    const since = monotonicNow(context.clock) - entry.ageMs;
    const result = await findSentMessage(context, identity, { since, maybeSent: true }, deadline);
    if (result.kind === "found") {
      await recordSent(context, entry, result.message);
      return { message: result.message };
    }
    if (result.kind === "inconclusive") throw createError(`${history} ${result.why}`, result.error);
    if (result.kind === "conflict") throw createError(`${history} has another message with it`);
    if (result.unproven !== null) throw createError(`${history} ${result.unproven}`);
    if (!isGraceOver(entry)) throw createError(`${history} does not have it so far, but it may still be on its way`);
    const claim = await claimSend(context, send, entry.claimId);
    if (!claim.granted) throw createError("another call is sending it now");
    return { claimed: claim.entry };
  } catch (error) {
    if (isErrorNamed(error, "UnknownOutcomeError")) throw error;
    throw createError("finding out was cut short", error instanceof AbortedError ? error.reason : error);
  }
}

/** Waits while another process sends it. @throws UnknownOutcomeError where that does not end in time */
async function waitForOtherProcess(context: ClientContext, send: PreparedSend): Promise<void> {
  const deadline = addSettlingTime(send.deadline);
  const createError = (because: string, cause?: unknown) =>
    createUnknownOutcome(context, send.identity, "another process is sending it", because, { cause });
  try {
    if (getTimeLeft(deadline) > pollMs && (await pause(deadline, pollMs))) return;
  } catch (error) {
    throw createError("the call was aborted meanwhile", error instanceof AbortedError ? error.reason : error);
  }
  throw createError("that did not end before the deadline");
}
