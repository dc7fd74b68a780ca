/**
 * A send happens once, or its error says whether it happened. The API documents no idempotency key, so every message
 * carries a reference of its own in its metadata, is noted in the ledger before it leaves, and when its answer is lost it is
 * looked up by its reference in the conversation's history.
 */
import type { MessageInput } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import {
  AbortedError,
  addSettlingTime,
  createSettlingDeadline,
  type Deadline,
  getTimeLeft,
  pause,
} from "../deadline.ts";
import { type OnSyncError, PermissionError, ServerError, UnknownOutcomeError } from "../errors/errors.ts";
import { isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import { isObject } from "../json.ts";
import type { ClaimResult, LedgerEntry } from "../ledger/ledger.ts";
import { type PreparedRequest, parseRequest } from "../request.ts";
import type { ApiResponse } from "../response.ts";
import { getRetryAfterMs, startDeadline } from "../retry.ts";
import {
  findSentMessage,
  isPermanentFailure,
  learnConversationId,
  type MessageIdentity,
  type SearchResult,
} from "./find-sent.ts";
import { runExclusive } from "./mutex.ts";
import { executeOnce, type UncertainAttempt } from "./once.ts";
import { createFingerprint, isSameMessage, parseReference, readSentReference } from "./reference.ts";
import {
  claimSend,
  createConflictError,
  isGraceOver,
  recallConversation,
  recordSend,
  type Send,
  toSentResponse,
} from "./send-ledger.ts";

export type SendOptions = CallOptions & {
  /**
   * Makes the send repeatable: where the message was sent under this reference already, that message is the answer
   * (`alreadySent: true`) and nothing is sent. A text of 1 to 200 characters, unique to the message, taken exactly as
   * given; it is sent as `metadata.clientReference`.
   */
  clientReference?: string | undefined;
};

/** Pauses before each look, in milliseconds: a request that was cut off may take effect a little later. */
const lookupDelaysMs = [0, 500, 1_000, 2_000, 4_000];
/** How often the ledger is asked what became of a send that another process makes, in milliseconds. */
const pollMs = 500;

function getConversationId({ conversationIds }: ClientContext, { platform, to }: MessageIdentity): string {
  return conversationIds.lookUp(platform, to).id;
}

function createUnknownOutcome(
  context: ClientContext,
  identity: MessageIdentity,
  reason: string,
  because: string,
  fields: { cause?: unknown; requestId?: string | undefined } = {},
): UnknownOutcomeError {
  const { text, data } = context.redact;
  const where = data({
    conversationId: getConversationId(context, identity),
    clientReference: identity.clientReference,
  });
  return new UnknownOutcomeError(text(`Whether the message was sent cannot be told: ${reason}; ${because}`), {
    ...where,
    ...fields,
  });
}

/** What became of a send whose answer was lost: its message, or UnknownOutcomeError. It looks for the whole settling time. */
async function resolveOutcome(
  context: ClientContext,
  identity: MessageIdentity,
  failure: UncertainAttempt,
  since: number,
  deadline: Deadline,
): Promise<ApiResponse> {
  const history = `the history of ${getConversationId(context, identity)}`;
  const giveUp = (because: string, cause: unknown) =>
    createUnknownOutcome(context, identity, failure.reason, because, { cause, requestId: failure.requestId });
  if (failure.aborted) throw giveUp(`${history} was not looked at`, failure.error);
  let last: SearchResult = { kind: "absent", unproven: null };
  try {
    for (const ms of lookupDelaysMs) {
      const asked = last.kind === "inconclusive" && last.error ? getRetryAfterMs(last.error) : 0;
      const wait = Math.max(ms, asked);
      if (wait >= getTimeLeft(deadline)) break;
      if (wait > 0) await pause(deadline, wait);
      // One attempt a look: looking again is the next one's business.
      last = await findSentMessage({ ...context, maxAttempts: 1 }, identity, { since, maybeSent: true }, deadline);
      if (last.kind === "found") return last.answer;
      if (isPermanentFailure(last)) break;
    }
  } catch (error) {
    // Whatever it is leaves the outcome open: nothing may hide that a request is out.
    throw giveUp(`looking for it in ${history} was cut short`, error instanceof AbortedError ? error.reason : error);
  }
  throw last.kind === "inconclusive"
    ? giveUp(`${history} ${last.why}`, last.error ?? failure.error)
    : giveUp(`${history} does not have it so far, but it may still be on its way`, failure.error);
}

/** A success that carries another message's reference answers another send. */
function checkAnsweredReference(answer: ApiResponse, clientReference: string, { target }: PreparedRequest): void {
  const reference = readSentReference(answer.body);
  if (reference === undefined || reference === clientReference) return;
  throw new ServerError("OnSync answered with another message than the one that was sent", {
    status: answer.status,
    code: "unusable_answer",
    method: target.endpoint.method,
    path: target.path,
    requestId: answer.body.requestId,
  });
}

/** Sends a message that is claimed, and notes in the ledger how that ended. */
async function sendClaimed(context: ClientContext, send: Send, entry: LedgerEntry): Promise<ApiResponse> {
  const { prepared, deadline, identity } = send;
  const since = monotonicNow(context.clock);
  try {
    const answer = await executeOnce(
      context,
      prepared,
      deadline,
      (failure) => resolveOutcome(context, identity, failure, since, createSettlingDeadline(deadline)),
      (success) => checkAnsweredReference(success, identity.clientReference, prepared),
    );
    const { conversationId, requestId } = answer.body;
    if (typeof conversationId === "string" && conversationId !== "")
      await learnConversationId(context, identity, conversationId, requestId);
    await recordSend(context, entry, { kind: "sent", answer });
    return answer;
  } catch (error) {
    return recordFailure(context, send, entry, { error });
  }
}

/**
 * Notes that a send failed. A process that stood still for longer than its claim held learns here what became of the message
 * meanwhile.
 */
async function recordFailure(
  context: ClientContext,
  send: Send,
  entry: LedgerEntry,
  failure: { error: unknown; sentNothing?: boolean },
): Promise<ApiResponse> {
  const { error } = failure;
  const now = await recordSend(context, entry, { kind: "failed", ...failure });
  const settledHere = !now || now.claimId === entry.claimId;
  // Another message has the reference, whoever noted what of it meanwhile.
  if (isErrorNamed(error, "ReferenceConflictError")) throw error;
  if (now?.state === "sent") {
    // By the event of this very message, or by somebody else's send.
    const answer = toSentResponse(context, now, send.input);
    return settledHere && !failure.sentNothing ? answer : markAlreadySent(answer);
  }
  if (settledHere || !isOnSyncError(error)) throw error;
  throw createUnknownOutcome(context, send.identity, "another call has taken it over", `the ledger says ${now.state}`, {
    cause: error,
  });
}

function markAlreadySent(answer: ApiResponse): ApiResponse {
  return { ...answer, body: { ...answer.body, alreadySent: true } };
}

/** Nothing was sent by this call, and an earlier process may have sent it. */
function createEarlierSendError(
  context: ClientContext,
  identity: MessageIdentity,
  why: string,
  cause?: OnSyncError,
): UnknownOutcomeError {
  const history = `the history of ${getConversationId(context, identity)}`;
  const fields = { cause, requestId: cause?.requestId };
  return createUnknownOutcome(
    context,
    identity,
    "nothing was sent now, and it may have been before",
    `${history} ${why}`,
    fields,
  );
}

/** The history could not be asked before the send. */
function createUnreadableHistoryError(
  context: ClientContext,
  identity: MessageIdentity,
  finding: SearchResult & { kind: "inconclusive" },
): Error {
  const { error, why } = finding;
  if (error === undefined) return createEarlierSendError(context, identity, why);
  if (!isErrorNamed(error, "PermissionError")) {
    // What this ledger never knew was not sent by anybody who shares it; what OnSync refuses, it refused before as well.
    const certain = context.ledger.durable || isPermanentFailure(finding);
    return certain ? error : createEarlierSendError(context, identity, why, error);
  }
  const { status, code, method, path, requestId, details, fromApi, message, scope } = error;
  return new PermissionError(message, {
    ...{ status, code, method, path, requestId, details, fromApi, scope },
    advice: `Nothing was sent: with a clientReference the history is read first, so grant the key ${scope ?? "read:messages"} under Settings → API & Webhooks, or leave clientReference out.`,
  });
}

/** The first send under a reference of the caller's: an earlier process may have made it, so the history is asked. */
async function sendUnlessInHistory(context: ClientContext, send: Send, entry: LedgerEntry): Promise<ApiResponse> {
  const { identity, deadline } = send;
  let finding: SearchResult;
  try {
    finding = await findSentMessage(context, identity, { since: null, maybeSent: false }, deadline);
    if (finding.kind === "conflict") throw createConflictError(identity.clientReference, finding.message);
    if (finding.kind === "inconclusive") throw createUnreadableHistoryError(context, identity, finding);
    // A ledger that lasts would know of an earlier send, whatever this OnSync calls the conversation.
    if (finding.kind === "absent" && finding.unproven !== null && !context.ledger.durable)
      throw createEarlierSendError(context, identity, finding.unproven);
  } catch (error) {
    return recordFailure(context, send, entry, { error, sentNothing: true });
  }
  if (finding.kind === "absent") return sendClaimed(context, send, entry);
  await recordSend(context, entry, { kind: "sent", answer: finding.answer });
  return markAlreadySent(finding.answer);
}

/**
 * What became of an earlier send under this reference: its message, or, when it certainly was not sent and its grace is
 * over, a claim to send it now.
 *
 * @throws UnknownOutcomeError, whatever goes wrong: the earlier request may be out
 */
async function resolveEarlierSend(
  context: ClientContext,
  { send, entry }: { send: Send; entry: LedgerEntry },
): Promise<{ answer: ApiResponse } | { claimed: LedgerEntry }> {
  const { identity, deadline } = send;
  const history = `the history of ${getConversationId(context, identity)}`;
  const open = (because: string, cause?: unknown) =>
    createUnknownOutcome(
      context,
      identity,
      `an earlier send under this reference is open (${entry.reason ?? entry.state})`,
      because,
      {
        requestId: entry.requestId ?? undefined,
        cause,
      },
    );
  try {
    const since = monotonicNow(context.clock) - entry.ageMs;
    const finding = await findSentMessage(context, identity, { since, maybeSent: true }, deadline);
    if (finding.kind === "found") {
      await recordSend(context, entry, { kind: "sent", answer: finding.answer });
      return { answer: finding.answer };
    }
    if (finding.kind === "inconclusive") throw open(`${history} ${finding.why}`, finding.error);
    if (finding.kind === "conflict") throw open(`${history} has another message with it`);
    if (finding.unproven !== null) throw open(`${history} ${finding.unproven}`);
    if (!isGraceOver(entry)) throw open(`${history} does not have it so far, but it may still be on its way`);
    const claim = await claimSend(context, send, entry.claimId);
    if (!claim.granted) throw open("another call is sending it now");
    return { claimed: claim.entry };
  } catch (error) {
    if (isErrorNamed(error, "UnknownOutcomeError")) throw error;
    throw open("finding out was cut short", error instanceof AbortedError ? error.reason : error);
  }
}

/** Waits while another process sends it. @throws UnknownOutcomeError where that does not end in time */
async function waitForOtherProcess(context: ClientContext, { identity, deadline: own }: Send): Promise<void> {
  const deadline = addSettlingTime(own);
  const open = (because: string, cause?: unknown) =>
    createUnknownOutcome(context, identity, "another process is sending it", because, { cause });
  try {
    if (getTimeLeft(deadline) > pollMs && (await pause(deadline, pollMs))) return;
  } catch (error) {
    throw open("the call was aborted meanwhile", error instanceof AbortedError ? error.reason : error);
  }
  throw open("that did not end before the deadline");
}

/** @throws UnknownOutcomeError where the ledger cannot be asked: an earlier call may have sent it */
async function claimReference(context: ClientContext, send: Send): Promise<ClaimResult> {
  try {
    await recallConversation(context, send.deadline, send.input);
    return await claimSend(context, send);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    const because = "the ledger, which knows, cannot be asked";
    throw createUnknownOutcome(context, send.identity, "nothing was sent now, and it may have been before", because, {
      cause: error,
    });
  }
}

/** Sends under a reference of the caller's, which others may have claimed. */
async function sendUnderReference(context: ClientContext, send: Send): Promise<ApiResponse> {
  for (;;) {
    const claim = await claimReference(context, send);
    const { entry } = claim;
    if (claim.granted) return sendUnlessInHistory(context, send, entry);
    if (entry.fingerprint !== send.fingerprint) throw createConflictError(send.identity.clientReference, entry);
    if (entry.state === "sent") return markAlreadySent(toSentResponse(context, entry, send.input));
    if (entry.state === "unknown") {
      const earlier = await resolveEarlierSend(context, { send, entry });
      return "answer" in earlier ? markAlreadySent(earlier.answer) : sendClaimed(context, send, earlier.claimed);
    }
    await waitForOtherProcess(context, send);
  }
}

async function executeSend(context: ClientContext, input: MessageInput, options: SendOptions): Promise<ApiResponse> {
  const deadline = startDeadline(context, options);
  const own = parseReference(input, options.clientReference);
  const clientReference = own ?? context.uuid();
  const taggable = input?.metadata === undefined || isObject(input.metadata);
  const body = taggable ? { ...input, metadata: { ...input?.metadata, clientReference } } : input;
  const prepared = parseRequest(context, { name: "sendMessage", body });
  if (deadline.signal?.aborted) throw new AbortedError(deadline.signal.reason, false);

  const { platform, to } = input;
  const identity = { platform, to, clientReference, isSame: (message: unknown) => isSameMessage(message, input) };
  const send: Send = { input, prepared, deadline, identity, fingerprint: createFingerprint(input) };
  if (own === undefined) {
    const claim = await claimSend(context, send);
    if (!claim.granted) throw createConflictError(clientReference, claim.entry);
    return sendClaimed(context, send, claim.entry);
  }
  const inFlight = context.sendsInFlight.get(clientReference);
  if (inFlight !== undefined && inFlight !== send.fingerprint) throw createConflictError(clientReference, null);
  return runExclusive(
    context.mutex,
    clientReference,
    addSettlingTime(deadline),
    async () => {
      context.sendsInFlight.set(clientReference, send.fingerprint);
      try {
        return await sendUnderReference(context, send);
      } finally {
        context.sendsInFlight.delete(clientReference);
      }
    },
    (why, cause) => createUnknownOutcome(context, identity, "it is being sent by another call", why, { cause }),
  );
}

/**
 * Sends. Every error of the tree says by its `outcome` whether the message was sent: `not_sent`, or `unknown` on
 * UnknownOutcomeError alone. @throws the signal's own reason when aborted with nothing sent
 */
export async function sendMessage(
  context: ClientContext,
  input: MessageInput,
  options: SendOptions = {},
): Promise<ApiResponse> {
  try {
    return await executeSend(context, input, options);
  } catch (error) {
    if (error instanceof AbortedError) throw error.reason;
    if (isOnSyncError(error)) error.outcome = isErrorNamed(error, "UnknownOutcomeError") ? "unknown" : "not_sent";
    throw error;
  }
}
