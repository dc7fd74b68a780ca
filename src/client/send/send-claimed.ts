/** Sends a message that is claimed in the ledger, finds out what became of it where its answer is lost, and notes that. */
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError, createSettlingDeadline, type Deadline, getTimeLeft, pause } from "../deadline.ts";
import { ServerError } from "../errors/api-errors.ts";
import { isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import type { ApiResponse } from "../response.ts";
import { executeOnce, getRetryAfterMs, type UncertainAttempt } from "../retry.ts";
import { findSentMessage, isPermanentFailure, type SearchResult } from "./find-sent.ts";
import { learnConversationId } from "./learn-conversation.ts";
import type { PreparedSend } from "./parse-send.ts";
import { readSentReference } from "./reference.ts";
import { createUnknownOutcome, describeHistory } from "./send-errors.ts";
import { recordFailed, recordSent, type SendResult, type SentBody, toSentBody } from "./send-ledger.ts";

/** Pauses before each look into the history, in milliseconds: a request that was cut off may take effect a little later. */
const lookupDelaysMs = [0, 500, 1_000, 2_000, 4_000];

export async function sendClaimed(context: ClientContext, send: PreparedSend, entry: LedgerEntry): Promise<SendResult> {
  const { prepared, deadline, identity } = send;
  const startedAt = monotonicNow(context.clock);
  try {
    const message = await executeOnce(context, prepared, deadline, {
      check: (response) => checkReference(response, send),
      resolveOutcome: (attempt) => resolveOutcome(context, send, attempt, startedAt, createSettlingDeadline(deadline)),
    });
    const { conversationId, requestId } = message;
    if (typeof conversationId === "string" && conversationId !== "")
      await learnConversationId(context, identity, conversationId, requestId);
    await recordSent(context, entry, message);
    return { message };
  } catch (error) {
    return failClaimed(context, send, entry, error);
  }
}

/** A success that carries another message's reference answers another send. */
function checkReference({ status, body }: ApiResponse<"sendMessage">, { identity, prepared }: PreparedSend): void {
  const reference = readSentReference(body);
  if (reference === undefined || reference === identity.clientReference) return;
  const { endpoint, path } = prepared.target;
  throw new ServerError("OnSync answered with another message than the one that was sent", {
    status,
    code: "unusable_answer",
    method: endpoint.method,
    path,
    requestId: body.requestId,
  });
}

/**
 * What became of a send whose answer was lost. The history is asked until the settling time is over.
 *
 * @throws UnknownOutcomeError where it does not have the message, or cannot be asked
 */
async function resolveOutcome(
  context: ClientContext,
  { identity }: PreparedSend,
  attempt: UncertainAttempt,
  startedAt: number,
  deadline: Deadline,
): Promise<SentBody> {
  const history = describeHistory(context, identity);
  const createError = (because: string, cause: unknown) =>
    createUnknownOutcome(context, identity, attempt.reason, because, { cause, requestId: attempt.requestId });
  if (attempt.aborted) throw createError(`${history} was not looked at`, attempt.error);
  let last: SearchResult = { kind: "absent", unproven: null };
  try {
    for (const delayMs of lookupDelaysMs) {
      const asked = last.kind === "inconclusive" && last.error ? getRetryAfterMs(last.error) : 0;
      const wait = Math.max(delayMs, asked);
      if (wait >= getTimeLeft(deadline)) break;
      if (wait > 0) await pause(deadline, wait);
      // One attempt a look, since the next look is the retry.
      const once = { ...context, maxAttempts: 1 };
      last = await findSentMessage(once, identity, { since: startedAt, maybeSent: true }, deadline);
      if (last.kind === "found") return last.message;
      if (isPermanentFailure(last)) break;
    }
  } catch (error) {
    // Whatever it is leaves the outcome open: nothing may hide that a request is out.
    const cause = error instanceof AbortedError ? error.reason : error;
    throw createError(`looking for it in ${history} was cut short`, cause);
  }
  throw last.kind === "inconclusive"
    ? createError(`${history} ${last.why}`, last.error ?? attempt.error)
    : createError(`${history} does not have it so far, but it may still be on its way`, attempt.error);
}

/**
 * Notes that a claimed send failed. A process that stood still for longer than its claim held learns here what became of
 * the message meanwhile.
 *
 * @param sentNothing the call certainly sent nothing, whatever its error says of earlier ones
 * @throws the error, unless the message turns out to be sent
 */
export async function failClaimed(
  context: ClientContext,
  send: PreparedSend,
  entry: LedgerEntry,
  error: unknown,
  { sentNothing = false } = {},
): Promise<SendResult> {
  const now = await recordFailed(context, entry, error, sentNothing);
  const isOwnClaim = !now || now.claimId === entry.claimId;
  // Another message has the reference, whoever noted what of it meanwhile.
  if (isErrorNamed(error, "ReferenceConflictError")) throw error;
  if (now?.state === "sent") {
    // By the event of this very message, or by somebody else's send.
    const message = toSentBody(context, now, send.input);
    return isOwnClaim && !sentNothing ? { message } : { message, alreadySent: true };
  }
  if (isOwnClaim || !isOnSyncError(error)) throw error;
  const because = `the ledger says ${now.state}`;
  throw createUnknownOutcome(context, send.identity, "another call has taken it over", because, { cause: error });
}
