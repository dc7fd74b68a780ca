/** Looks for a message that may have been sent, in its conversation's history. */
import type { Message } from "../../api/index.ts";
import { executeCallUntil } from "../call.ts";
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import type { Deadline } from "../deadline.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import type { OnSyncError } from "../errors/onsync-error.ts";
import { createPageFetcher } from "../pager/page-fetcher.ts";
import { iterateHistory } from "../pager/pager.ts";
import { type ApiResponse, type ResponseBody, toServerClock } from "../response.ts";
import { maxPageSize } from "../server-facts.ts";
import { isZoneless, parseInstant } from "../wire/instant.ts";
import { isObject } from "../wire/json.ts";
import { learnConversationId } from "./learn-conversation.ts";
import { type MessageIdentity, readSentReference } from "./reference.ts";

export type SearchResult =
  | { kind: "found"; message: ResponseBody<"sendMessage"> }
  /** Another message has the reference. */
  | { kind: "conflict"; message: Message }
  /** The history does not have it. `unproven`: why that is no proof, as the rest of a sentence; `null` where it is one. */
  | { kind: "absent"; unproven: string | null }
  /** The history cannot tell: why, as the rest of a sentence. */
  | { kind: "inconclusive"; why: string; error?: OnSyncError };

export type SearchOptions = {
  /** The client's monotonic time before which it cannot have been sent; `null`: it may be of any age. */
  since: number | null;
  /**
   * Whether a request for it is or may be out. Then a conversation that only has the guessed id, and a history that shows
   * no references, prove nothing. Otherwise they are taken for what they are to a first message.
   */
  maybeSent: boolean;
};

/** No conversation gains as many while one of its messages is being sent. */
const maxMessagesMeanwhile = 1_000;
/** How far the clocks of two of OnSync's servers may differ, in milliseconds. */
const clockMarginMs = 60_000;

/** One search under way. */
type Search = {
  context: ClientContext;
  identity: MessageIdentity;
  options: SearchOptions;
  /** The id it is looked for under. */
  conversationId: string;
  /** How many messages have been looked at. */
  examined: number;
  /** Whether one of them may be the one, for all it shows. */
  hasLookalike: boolean;
  /** Another message that has the reference. */
  conflict: Message | undefined;
};

/** @throws AbortedError */
export async function findSentMessage(
  context: ClientContext,
  identity: MessageIdentity,
  options: SearchOptions,
  deadline: Deadline,
): Promise<SearchResult> {
  const conversationId = context.serverFacts.conversationIds.get(identity).id;
  const progress = { examined: 0, hasLookalike: false, conflict: undefined };
  const search: Search = { context, identity, options, conversationId, ...progress };
  try {
    return await searchHistory(search, deadline);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    // Without a first message there is no conversation yet. A 404 without OnSync's own words for it proves nothing.
    if (isErrorNamed(error, "NotFoundError") && error.fromApi && error.code === "not_found")
      return concludeAbsence(search);
    return { kind: "inconclusive", why: `could not be read (${error.message})`, error };
  }
}

/** The history, newest first, each page with the answer that it came in. */
function walkHistory({ context, conversationId }: Search, deadline: Deadline) {
  const fetchPage = createPageFetcher(context.serverFacts, (query: { limit: number; before?: string }) =>
    executeCallUntil(context, "listMessages", { path: { conversationId }, query }, deadline),
  );
  const path = context.redact.text(`/conversations/${encodeURIComponent(conversationId)}/messages`);
  return iterateHistory(
    async (query) => {
      const response = await fetchPage(query);
      return { ...response.body, response };
    },
    { pageSize: maxPageSize, path },
  );
}

async function searchHistory(search: Search, deadline: Deadline): Promise<SearchResult> {
  const { maybeSent } = search.options;
  const maxMessages = maybeSent ? maxMessagesMeanwhile : search.context.historyDepth;
  for await (const { page, fresh, gap } of walkHistory(search, deadline)) {
    for (const message of fresh) {
      if (!isSought(search, message)) continue;
      await confirmConversationId(search, message);
      const { requestId, timestamp } = page.response.body;
      return { kind: "found", message: { ...message, requestId, timestamp } };
    }
    if (search.examined === 0 && fresh.length > 0) await confirmConversationId(search, fresh[0]);
    search.examined += fresh.length;
    if (gap)
      return {
        kind: "inconclusive",
        why: "has more messages in one millisecond than a page holds, and it may be one of them",
      };
    if (isBeforeStart(search, page.response, fresh)) return conclude(search);
    if (search.examined >= maxMessages) {
      if (!maybeSent) return conclude(search);
      return { kind: "inconclusive", why: `does not have it among the latest ${search.examined} messages` };
    }
  }
  return conclude(search);
}

/** Whether this is the message that is looked for. What else it tells is kept for the conclusion. */
function isSought(search: Search, message: Message): boolean {
  const { context, identity, options } = search;
  const reference = readSentReference(message);
  if (reference !== undefined) context.serverFacts.showsReferences = true;
  if (reference === identity.clientReference) {
    if (identity.isSame(message)) return true;
    search.conflict ??= message;
  } else if (reference === undefined && isLookalike(message, identity, options)) search.hasLookalike = true;
  return false;
}

/** Whether a page reaches back to before the message can have been sent. */
function isBeforeStart(
  { context, options }: Search,
  response: ApiResponse<"listMessages">,
  messages: readonly Message[],
): boolean {
  if (options.since === null) return false;
  const start = toServerClock(response, options.since, monotonicNow(context.clock));
  return start !== null && messages.some((each) => isOlder(each?.createdAt, start - clockMarginMs));
}

/** What it means that the message was not among those that were looked at. */
function conclude(search: Search): SearchResult {
  if (search.conflict) return { kind: "conflict", message: search.conflict };
  if (search.hasLookalike && !search.context.serverFacts.showsReferences)
    return { kind: "inconclusive", why: "has a message like it that shows no clientReference" };
  return concludeAbsence(search);
}

/** What it means that the conversation does not have it, or does not exist. */
function concludeAbsence({ context, identity, conversationId, options }: Search): SearchResult {
  const { id, standing } = context.serverFacts.conversationIds.get(identity);
  if (id !== conversationId) return { kind: "absent", unproven: `was looked at, and OnSync has named ${id} meanwhile` };
  if (standing === "contradicted")
    return { kind: "absent", unproven: "may be another's: this OnSync names its conversations otherwise" };
  const isGuess = options.maybeSent && standing === "guess";
  const unproven = "does not have it, but OnSync has not confirmed that this is the conversation's id";
  return { kind: "absent", unproven: isGuess ? unproven : null };
}

/** The server shows messages under this id, so it is a conversation's; each message may name another form of it. */
async function confirmConversationId({ context, identity, conversationId }: Search, message: unknown): Promise<void> {
  const { standing } = context.serverFacts.conversationIds.get(identity);
  if (standing === "contradicted" && readSentReference(message) !== identity.clientReference) return;
  const named = isObject(message) && typeof message.conversationId === "string" ? message.conversationId : "";
  await learnConversationId(context, identity, named === "" ? conversationId : named, undefined);
}

/** A time without a zone may be hours off: it ends no search. */
function isOlder(createdAt: unknown, instant: number): boolean {
  return !isZoneless(createdAt) && parseInstant(createdAt) < instant;
}

/** Whether a message without a reference may be the one: the history may leave metadata out. */
function isLookalike(message: unknown, { isSame }: MessageIdentity, { maybeSent }: SearchOptions): boolean {
  if (!isObject(message) || message.direction === "inbound") return false;
  // A server that shows metadata, but never a reference, takes them out: that counts where one may be out.
  if (isObject(message.metadata) && !maybeSent) return false;
  return isSame(message);
}

/** Whether looking again would show no more: what OnSync itself refuses stays refused. */
export function isPermanentFailure(result: SearchResult): boolean {
  if (result.kind !== "inconclusive" || !isApiError(result.error)) return false;
  const { fromApi, status } = result.error;
  return fromApi && [400, 401, 403, 404].includes(status);
}
