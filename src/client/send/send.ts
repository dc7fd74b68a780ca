/**
 * A send happens once, or its error says whether it happened. The API documents no idempotency key, so every message
 * carries a reference of its own in its metadata, is noted in the ledger before it leaves, and when its answer is lost it is
 * looked up by its reference in the conversation's history.
 */
import type { MessageInput } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { CallOptions, Settings } from "../context.ts";
import { type Budget, GaveUp, pause, settlingBudget, timeLeft, withSettlingTime } from "../deadline.ts";
import { type OnSyncError, PermissionError, ServerError, UnknownOutcomeError } from "../errors/errors.ts";
import { isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import { isObject } from "../json.ts";
import type { ClaimResult, LedgerEntry } from "../ledger/ledger.ts";
import { type Prepared, prepare } from "../request.ts";
import type { Answer } from "../response.ts";
import { askedWait, budgetOf } from "../retry.ts";
import { type Finding, findSentMessage, isFinalRefusal, learnConversationId, type Sought } from "./find-sent.ts";
import { inTurn } from "./mutex.ts";
import { type Failure, once } from "./once.ts";
import { fingerprintOf, isSameMessage, readReference, referenceOf } from "./reference.ts";
import {
  answerOf,
  claimSend,
  conflictOf,
  isGraceOver,
  recallConversation,
  recordSend,
  type Send,
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
const settlingPauses = [0, 500, 1_000, 2_000, 4_000];
/** How often the ledger is asked what became of a send that another process makes, in milliseconds. */
const pollMs = 500;

function conversationOf({ conversationIds }: Settings, { platform, to }: Sought): string {
  return conversationIds.of(platform, to).id;
}

function unknown(
  settings: Settings,
  sought: Sought,
  reason: string,
  because: string,
  fields: { cause?: unknown; requestId?: string | undefined } = {},
): UnknownOutcomeError {
  const { text, data } = settings.redact;
  const where = data({ conversationId: conversationOf(settings, sought), clientReference: sought.clientReference });
  return new UnknownOutcomeError(text(`Whether the message was sent cannot be told: ${reason}; ${because}`), {
    ...where,
    ...fields,
  });
}

/** What became of a send whose answer was lost: its message, or UnknownOutcomeError. It looks for the whole settling time. */
async function resolveOutcome(
  settings: Settings,
  sought: Sought,
  failure: Failure,
  since: number,
  budget: Budget,
): Promise<Answer> {
  const history = `the history of ${conversationOf(settings, sought)}`;
  const giveUp = (because: string, cause: unknown) =>
    unknown(settings, sought, failure.reason, because, { cause, requestId: failure.requestId });
  if (failure.abandoned) throw giveUp(`${history} was not looked at`, failure.error);
  let last: Finding = { kind: "absent", unproven: null };
  try {
    for (const ms of settlingPauses) {
      const asked = last.kind === "inconclusive" && last.error ? askedWait(last.error) : 0;
      const wait = Math.max(ms, asked);
      if (wait >= timeLeft(budget)) break;
      if (wait > 0) await pause(budget, wait);
      // One attempt a look: looking again is the next one's business.
      last = await findSentMessage({ ...settings, maxAttempts: 1 }, sought, { since, maybeSent: true }, budget);
      if (last.kind === "found") return last.answer;
      if (isFinalRefusal(last)) break;
    }
  } catch (error) {
    // Whatever it is leaves the outcome open: nothing may hide that a request is out.
    throw giveUp(`looking for it in ${history} was cut short`, error instanceof GaveUp ? error.reason : error);
  }
  throw last.kind === "inconclusive"
    ? giveUp(`${history} ${last.why}`, last.error ?? failure.error)
    : giveUp(`${history} does not have it so far, but it may still be on its way`, failure.error);
}

/** A success that carries another message's reference answers another send. */
function checkReference(answer: Answer, clientReference: string, { asked }: Prepared): void {
  const reference = referenceOf(answer.body);
  if (reference === undefined || reference === clientReference) return;
  throw new ServerError("OnSync answered with another message than the one that was sent", {
    status: answer.status,
    code: "unusable_answer",
    method: asked.endpoint.method,
    path: asked.path,
    requestId: answer.body.requestId,
  });
}

/** Sends a message that is claimed, and notes in the ledger how that ended. */
async function sendClaimed(settings: Settings, send: Send, entry: LedgerEntry): Promise<Answer> {
  const { prepared, budget, sought } = send;
  const since = monotonicNow(settings.clock);
  try {
    const answer = await once(
      settings,
      prepared,
      budget,
      (failure) => resolveOutcome(settings, sought, failure, since, settlingBudget(budget)),
      (success) => checkReference(success, sought.clientReference, prepared),
    );
    const { conversationId, requestId } = answer.body;
    if (typeof conversationId === "string" && conversationId !== "")
      await learnConversationId(settings, sought, conversationId, requestId);
    await recordSend(settings, entry, { kind: "sent", answer });
    return answer;
  } catch (error) {
    return failSend(settings, send, entry, { error });
  }
}

/**
 * Notes that a send failed. A process that stood still for longer than its claim held learns here what became of the message
 * meanwhile.
 */
async function failSend(
  settings: Settings,
  send: Send,
  entry: LedgerEntry,
  failure: { error: unknown; sentNothing?: boolean },
): Promise<Answer> {
  const { error } = failure;
  const now = await recordSend(settings, entry, { kind: "failed", ...failure });
  const settledHere = !now || now.claimId === entry.claimId;
  // Another message has the reference, whoever noted what of it meanwhile.
  if (isErrorNamed(error, "ReferenceConflictError")) throw error;
  if (now?.state === "sent") {
    // By the event of this very message, or by somebody else's send.
    const answer = answerOf(settings, now, send.input);
    return settledHere && !failure.sentNothing ? answer : alreadySent(answer);
  }
  if (settledHere || !isOnSyncError(error)) throw error;
  throw unknown(settings, send.sought, "another call has taken it over", `the ledger says ${now.state}`, {
    cause: error,
  });
}

function alreadySent(answer: Answer): Answer {
  return { ...answer, body: { ...answer.body, alreadySent: true } };
}

/** Nothing was sent by this call, and an earlier process may have sent it. */
function openBefore(settings: Settings, sought: Sought, why: string, cause?: OnSyncError): UnknownOutcomeError {
  const history = `the history of ${conversationOf(settings, sought)}`;
  const fields = { cause, requestId: cause?.requestId };
  return unknown(settings, sought, "nothing was sent now, and it may have been before", `${history} ${why}`, fields);
}

/** The history could not be asked before the send. */
function unreadableHistory(settings: Settings, sought: Sought, finding: Finding & { kind: "inconclusive" }): Error {
  const { error, why } = finding;
  if (error === undefined) return openBefore(settings, sought, why);
  if (!isErrorNamed(error, "PermissionError")) {
    // What this ledger never knew was not sent by anybody who shares it; what OnSync refuses, it refused before as well.
    const certain = settings.ledger.durable || isFinalRefusal(finding);
    return certain ? error : openBefore(settings, sought, why, error);
  }
  const { status, code, method, path, requestId, details, fromApi, message, scope } = error;
  return new PermissionError(message, {
    ...{ status, code, method, path, requestId, details, fromApi, scope },
    advice: `Nothing was sent: with a clientReference the history is read first, so grant the key ${scope ?? "read:messages"} under Settings → API & Webhooks, or leave clientReference out.`,
  });
}

/** The first send under a reference of the caller's: an earlier process may have made it, so the history is asked. */
async function sendUnlessInHistory(settings: Settings, send: Send, entry: LedgerEntry): Promise<Answer> {
  const { sought, budget } = send;
  let finding: Finding;
  try {
    finding = await findSentMessage(settings, sought, { since: null, maybeSent: false }, budget);
    if (finding.kind === "conflict") throw conflictOf(sought.clientReference, finding.message);
    if (finding.kind === "inconclusive") throw unreadableHistory(settings, sought, finding);
    // A ledger that lasts would know of an earlier send, whatever this OnSync calls the conversation.
    if (finding.kind === "absent" && finding.unproven !== null && !settings.ledger.durable)
      throw openBefore(settings, sought, finding.unproven);
  } catch (error) {
    return failSend(settings, send, entry, { error, sentNothing: true });
  }
  if (finding.kind === "absent") return sendClaimed(settings, send, entry);
  await recordSend(settings, entry, { kind: "sent", answer: finding.answer });
  return alreadySent(finding.answer);
}

/**
 * What became of an earlier send under this reference: its message, or, when it certainly was not sent and its grace is
 * over, a claim to send it now.
 *
 * @throws UnknownOutcomeError, whatever goes wrong: the earlier request may be out
 */
async function resolveEarlier(
  settings: Settings,
  { send, entry }: { send: Send; entry: LedgerEntry },
): Promise<{ answer: Answer } | { claimed: LedgerEntry }> {
  const { sought, budget } = send;
  const history = `the history of ${conversationOf(settings, sought)}`;
  const open = (because: string, cause?: unknown) =>
    unknown(
      settings,
      sought,
      `an earlier send under this reference is open (${entry.reason ?? entry.state})`,
      because,
      {
        requestId: entry.requestId ?? undefined,
        cause,
      },
    );
  try {
    const since = monotonicNow(settings.clock) - entry.ageMs;
    const finding = await findSentMessage(settings, sought, { since, maybeSent: true }, budget);
    if (finding.kind === "found") {
      await recordSend(settings, entry, { kind: "sent", answer: finding.answer });
      return { answer: finding.answer };
    }
    if (finding.kind === "inconclusive") throw open(`${history} ${finding.why}`, finding.error);
    if (finding.kind === "conflict") throw open(`${history} has another message with it`);
    if (finding.unproven !== null) throw open(`${history} ${finding.unproven}`);
    if (!isGraceOver(entry)) throw open(`${history} does not have it so far, but it may still be on its way`);
    const claim = await claimSend(settings, send, entry.claimId);
    if (!claim.granted) throw open("another call is sending it now");
    return { claimed: claim.entry };
  } catch (error) {
    if (isErrorNamed(error, "UnknownOutcomeError")) throw error;
    throw open("finding out was cut short", error instanceof GaveUp ? error.reason : error);
  }
}

/** Waits while another process sends it. @throws UnknownOutcomeError where that does not end in time */
async function waitForOther(settings: Settings, { sought, budget: own }: Send): Promise<void> {
  const budget = withSettlingTime(own);
  const open = (because: string, cause?: unknown) =>
    unknown(settings, sought, "another process is sending it", because, { cause });
  try {
    if (timeLeft(budget) > pollMs && (await pause(budget, pollMs))) return;
  } catch (error) {
    throw open("the call was aborted meanwhile", error instanceof GaveUp ? error.reason : error);
  }
  throw open("that did not end before the deadline");
}

/** @throws UnknownOutcomeError where the ledger cannot be asked: an earlier call may have sent it */
async function claimReference(settings: Settings, send: Send): Promise<ClaimResult> {
  try {
    await recallConversation(settings, send.budget, send.input);
    return await claimSend(settings, send);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    const because = "the ledger, which knows, cannot be asked";
    throw unknown(settings, send.sought, "nothing was sent now, and it may have been before", because, {
      cause: error,
    });
  }
}

/** Sends under a reference of the caller's, which others may have claimed. */
async function sendReferenced(settings: Settings, send: Send): Promise<Answer> {
  for (;;) {
    const claim = await claimReference(settings, send);
    const { entry } = claim;
    if (claim.granted) return sendUnlessInHistory(settings, send, entry);
    if (entry.fingerprint !== send.fingerprint) throw conflictOf(send.sought.clientReference, entry);
    if (entry.state === "sent") return alreadySent(answerOf(settings, entry, send.input));
    if (entry.state === "unknown") {
      const earlier = await resolveEarlier(settings, { send, entry });
      return "answer" in earlier ? alreadySent(earlier.answer) : sendClaimed(settings, send, earlier.claimed);
    }
    await waitForOther(settings, send);
  }
}

async function sendOnce(settings: Settings, input: MessageInput, options: SendOptions): Promise<Answer> {
  const budget = budgetOf(settings, options);
  const own = readReference(input, options.clientReference);
  const clientReference = own ?? settings.uuid();
  const taggable = input?.metadata === undefined || isObject(input.metadata);
  const body = taggable ? { ...input, metadata: { ...input?.metadata, clientReference } } : input;
  const prepared = prepare(settings, { name: "sendMessage", body });
  if (budget.signal?.aborted) throw new GaveUp(budget.signal.reason, false);

  const { platform, to } = input;
  const sought = { platform, to, clientReference, isSame: (message: unknown) => isSameMessage(message, input) };
  const send: Send = { input, prepared, budget, sought, fingerprint: fingerprintOf(input) };
  if (own === undefined) {
    const claim = await claimSend(settings, send);
    if (!claim.granted) throw conflictOf(clientReference, claim.entry);
    return sendClaimed(settings, send, claim.entry);
  }
  const inFlight = settings.sending.get(clientReference);
  if (inFlight !== undefined && inFlight !== send.fingerprint) throw conflictOf(clientReference, null);
  return inTurn(
    settings.turns,
    clientReference,
    withSettlingTime(budget),
    async () => {
      settings.sending.set(clientReference, send.fingerprint);
      try {
        return await sendReferenced(settings, send);
      } finally {
        settings.sending.delete(clientReference);
      }
    },
    (why, cause) => unknown(settings, sought, "it is being sent by another call", why, { cause }),
  );
}

/**
 * Sends. Every error of the tree says by its `outcome` whether the message was sent: `not_sent`, or `unknown` on
 * UnknownOutcomeError alone. @throws the signal's own reason when aborted with nothing sent
 */
export async function send(settings: Settings, input: MessageInput, options: SendOptions = {}): Promise<Answer> {
  try {
    return await sendOnce(settings, input, options);
  } catch (error) {
    if (error instanceof GaveUp) throw error.reason;
    if (isOnSyncError(error)) error.outcome = isErrorNamed(error, "UnknownOutcomeError") ? "unknown" : "not_sent";
    throw error;
  }
}
