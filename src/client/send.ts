/**
 * A send happens once, or its error says whether it happened. The API documents no idempotency key, so every message
 * carries a reference of its own in its metadata, and a lost answer is looked up by it in the conversation's history.
 */
import { conversationIdOf, type MessageInput } from "../api/index.ts";
import { type Answer, onServerClock } from "./answer.ts";
import { type Budget, GaveUp, pause, settlingBudget, timeLeft } from "./deadline.ts";
import { OnSyncError, PermissionError, UnknownOutcomeError } from "./errors.ts";
import { isErrorNamed, isOnSyncError } from "./guards.ts";
import { isObject } from "./json.ts";
import { type Failure, once } from "./once.ts";
import { type HistoryAnswer, historyPages } from "./pager.ts";
import { prepare } from "./request.ts";
import { askedWait, budgetOf, performWithin } from "./retry.ts";
import { type CallOptions, type Settings, wrongOption } from "./settings.ts";
import { inTurn } from "./turns.ts";

export type SendOptions = CallOptions & {
  /**
   * Makes the send repeatable: a message of the conversation that carries this reference already is the answer, and
   * nothing is sent. One reference stands for one message; it is sent as `metadata.clientReference`.
   */
  clientReference?: string | undefined;
};

/** The message a reference stands for. */
type Sought = { conversationId: string; clientReference: string };

type Finding = { kind: "found"; answer: Answer } | { kind: "absent" } | { kind: "unreadable"; error: OnSyncError };

const pageSize = 100;
/** A thousand messages: no conversation gains as many while one of its messages is being sent. */
const mostPages = 10;
/** How far the clocks of two of OnSync's servers may differ, in milliseconds. */
const margin = 60_000;
/** Pauses before each look, in milliseconds: a request that was cut off may take effect a little later. */
const settlingPauses = [0, 500, 1_000, 2_000, 4_000];

/** The history was read, but not all of it. */
const hidden = (why: string): Finding => ({ kind: "unreadable", error: new OnSyncError(why) });

const referenceOf = (message: unknown): unknown =>
  isObject(message) && isObject(message.metadata) ? message.metadata.clientReference : undefined;

/**
 * Looks for a message in its conversation, newest first.
 *
 * @param since the client's time: a message that is clearly older ends the search; `null` searches as far as it may
 * @throws GaveUp
 */
const look = async (settings: Settings, sought: Sought, since: number | null, budget: Budget): Promise<Finding> => {
  const { clock } = settings;
  const { conversationId, clientReference } = sought;
  const fetchPage = async (query: { limit: number; before?: string }): Promise<HistoryAnswer & { answer: Answer }> => {
    const call = { name: "listMessages", parts: { conversationId }, query } as const;
    const answer = await performWithin(settings, call, budget);
    return { ...(answer.body as unknown as HistoryAnswer), answer };
  };
  const path = settings.redact.text(`/conversations/${encodeURIComponent(conversationId)}/messages`);
  try {
    let pages = 0;
    for await (const { page, fresh, gap } of historyPages(fetchPage, { pageSize, path })) {
      const message = fresh.find((each) => referenceOf(each) === clientReference);
      if (message) {
        const { requestId, timestamp } = page.answer.body;
        return { kind: "found", answer: { ...page.answer, body: { ...message, requestId, timestamp } } };
      }
      if (gap) return hidden("it may be one of more than 100 messages of one millisecond");
      const start = since === null ? null : onServerClock(page.answer, since, clock.now());
      if (start !== null && fresh.some((each) => Date.parse(each?.createdAt) < start - margin))
        return { kind: "absent" };
      if (++pages >= mostPages && since === null) return { kind: "absent" };
      if (pages >= mostPages) return hidden(`it is not among the latest ${pages * pageSize} messages`);
    }
    return { kind: "absent" };
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    // Without a first message there is no conversation yet. A 404 without OnSync's own words for it proves nothing.
    const noSuchConversation =
      isErrorNamed(error, "NotFoundError") && !["unknown", "unknown_endpoint"].includes(error.code);
    return noSuchConversation ? { kind: "absent" } : { kind: "unreadable", error };
  }
};

const unknown = (
  { redact }: Settings,
  sought: Sought,
  failure: Failure,
  because: string,
  cause: unknown,
): UnknownOutcomeError => {
  const message = `Whether the message was sent cannot be told: ${failure.reason}; ${because}`;
  return new UnknownOutcomeError(redact.text(message), { ...redact.data(sought), requestId: failure.requestId, cause });
};

/** What became of a send whose answer was lost: its message, or the failure itself when it certainly was not sent. */
const settle = async (
  settings: Settings,
  sought: Sought,
  failure: Failure,
  startedAt: number,
  budget: Budget,
): Promise<Answer> => {
  const history = `the history of ${sought.conversationId}`;
  if (failure.abandoned) throw unknown(settings, sought, failure, `${history} was not looked at`, failure.error);
  let last: Finding = { kind: "absent" };
  try {
    for (const ms of settlingPauses) {
      const wait = last.kind === "unreadable" ? Math.max(ms, askedWait(last.error)) : ms;
      if (wait >= timeLeft(budget)) break;
      if (wait > 0) await pause(budget, wait);
      // One attempt a look: looking again is the next one's business.
      last = await look({ ...settings, maxAttempts: 1 }, sought, startedAt, budget);
      if (last.kind === "found") return last.answer;
      if (last.kind === "absent" && failure.overAndDone) throw failure.error;
      if (last.kind === "unreadable" && !last.error.retryable) break;
    }
  } catch (error) {
    if (error === failure.error) throw error;
    // Anything else leaves it open, too: nothing may hide that a request is out.
    const cause = error instanceof GaveUp ? error.reason : error;
    throw unknown(settings, sought, failure, `looking for it in ${history} was cut short`, cause);
  }
  throw last.kind === "unreadable"
    ? unknown(settings, sought, failure, `${history} could not be read (${last.error.message})`, last.error)
    : unknown(
        settings,
        sought,
        failure,
        `${history} does not have it so far, but it may still be on its way`,
        failure.error,
      );
};

/** A replay's first step: the message that was sent already, if there is one. Nothing has been sent when it throws. */
const lookFirst = async (settings: Settings, sought: Sought, budget: Budget): Promise<Answer | undefined> => {
  const finding = await look(settings, sought, null, budget);
  if (finding.kind === "found") return finding.answer;
  if (finding.kind === "absent") return undefined;
  if (!isErrorNamed(finding.error, "PermissionError")) throw finding.error;
  const { status, code, method, path, requestId, details, fromApi, message, scope } = finding.error;
  throw new PermissionError(message, {
    ...{ status, code, method, path, requestId, details, fromApi, scope },
    advice: `Nothing was sent: with a clientReference the history is read first, so grant the key ${scope ?? "read:messages"} under Settings → API & Webhooks, or leave clientReference out.`,
  });
};

const given = (input: MessageInput, options: SendOptions): string | undefined => {
  if (options.clientReference === "") throw wrongOption("clientReference", "must not be empty: leave it out instead");
  if (options.clientReference !== undefined) return options.clientReference;
  const reference = referenceOf(input);
  return typeof reference === "string" && reference !== "" ? reference : undefined;
};

const sendOnce = async (settings: Settings, input: MessageInput, options: SendOptions): Promise<Answer> => {
  const budget = budgetOf(settings, options);
  const replayOf = given(input, options);
  const clientReference = replayOf ?? settings.uuid();
  const taggable = input?.metadata === undefined || isObject(input.metadata);
  const body = taggable ? { ...input, metadata: { ...input?.metadata, clientReference } } : input;
  const prepared = prepare(settings, { name: "sendMessage", body });
  const sought = { conversationId: conversationIdOf(input.platform, input.to), clientReference };

  const sendNow = () => {
    const startedAt = settings.clock.now();
    return once(settings, prepared, budget, (failure) =>
      settle(settings, sought, failure, startedAt, settlingBudget(budget)),
    );
  };
  if (replayOf === undefined) return sendNow();
  return inTurn(settings.turns, JSON.stringify(sought), budget, async () => {
    return (await lookFirst(settings, sought, budget)) ?? sendNow();
  });
};

/**
 * Sends. Every error of the tree says by its `outcome` whether the message was sent: `not_sent`, or `unknown` on
 * UnknownOutcomeError alone. @throws the signal's own reason when aborted with nothing sent
 */
export const send = async (settings: Settings, input: MessageInput, options: SendOptions = {}): Promise<Answer> => {
  try {
    return await sendOnce(settings, input, options);
  } catch (error) {
    if (error instanceof GaveUp) throw error.reason;
    if (isOnSyncError(error)) error.outcome = isErrorNamed(error, "UnknownOutcomeError") ? "unknown" : "not_sent";
    throw error;
  }
};
