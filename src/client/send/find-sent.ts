/** Looks for a message that may have been sent, in its conversation's history. */
import { conversationIdOf, type Message } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { type Deadline, noteWithin } from "../deadline.ts";
import type { OnSyncError } from "../errors/errors.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import { isZoneless, parseInstant } from "../instant.ts";
import { isObject } from "../json.ts";
import { createHistoryFetcher } from "../pager/history.ts";
import { type HistoryResponse, iterateHistory } from "../pager/pager.ts";
import { notifyHook } from "../request.ts";
import { type ApiResponse, toServerClock } from "../response.ts";
import { executeCallBefore } from "../retry.ts";
import { rememberConversationId } from "./conversation-ids.ts";
import { readSentReference } from "./reference.ts";

/** The message a reference stands for. */
export type MessageIdentity = {
  platform: string;
  to: string;
  clientReference: string;
  /** Whether a message of the history can be it, by what it says. */
  isSame(message: unknown): boolean;
};

export type SearchResult =
  | { kind: "found"; answer: ApiResponse }
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
const maxMessages = 1_000;
/** How far the clocks of two of OnSync's servers may differ, in milliseconds. */
const clockMarginMs = 60_000;

function inconclusive(why: string, error?: OnSyncError): SearchResult {
  return error === undefined ? { kind: "inconclusive", why } : { kind: "inconclusive", why, error };
}

/**
 * Walks the history, newest first.
 *
 * @throws AbortedError
 */
export async function findSentMessage(
  context: ClientContext,
  identity: MessageIdentity,
  options: SearchOptions,
  deadline: Deadline,
): Promise<SearchResult> {
  const conversationId = context.conversationIds.lookUp(identity.platform, identity.to).id;
  try {
    return await searchHistory(context, identity, conversationId, options, deadline);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    // Without a first message there is no conversation yet. A 404 without OnSync's own words for it proves nothing.
    if (isErrorNamed(error, "NotFoundError") && error.fromApi && error.code === "not_found")
      return concludeAbsence(context, identity, conversationId, options);
    return inconclusive(`could not be read (${error.message})`, error);
  }
}

/** What it means that the conversation does not have it, or does not exist. `asked`: the id it was looked for under. */
function concludeAbsence(
  { conversationIds }: ClientContext,
  { platform, to }: MessageIdentity,
  asked: string,
  { maybeSent }: SearchOptions,
): SearchResult {
  const { id, standing } = conversationIds.lookUp(platform, to);
  if (id !== asked) return { kind: "absent", unproven: `was looked at, and OnSync has named ${id} meanwhile` };
  if (standing === "contradicted")
    return { kind: "absent", unproven: "may be another's: this OnSync names its conversations otherwise" };
  const guessed = maybeSent && standing === "guess";
  const unproven = "does not have it, but OnSync has not confirmed that this is the conversation's id";
  return { kind: "absent", unproven: guessed ? unproven : null };
}

async function searchHistory(
  context: ClientContext,
  identity: MessageIdentity,
  conversationId: string,
  options: SearchOptions,
  deadline: Deadline,
): Promise<SearchResult> {
  const { clock, learned, redact } = context;
  const { clientReference } = identity;
  const fetchPage = createHistoryFetcher<ApiResponse>(context, (query) =>
    executeCallBefore(context, { name: "listMessages", parts: { conversationId }, query }, deadline),
  );
  const path = redact.text(`/conversations/${encodeURIComponent(conversationId)}/messages`);
  const walk = iterateHistory(
    async (query): Promise<HistoryResponse & { answer: ApiResponse }> => {
      const answer = await fetchPage(query);
      return { ...(answer.body as unknown as HistoryResponse), answer };
    },
    { pageSize: 100, path },
  );

  let looked = 0;
  /** A message that may be the one, for all it shows. */
  let lookalike = false;
  let conflict: Message | undefined;
  const end = (): SearchResult => {
    if (conflict) return { kind: "conflict", message: conflict };
    if (lookalike && !learned.showsReferences)
      return inconclusive("has a message like it that shows no clientReference");
    return concludeAbsence(context, identity, conversationId, options);
  };

  for await (const { page, fresh, gap } of walk) {
    for (const message of fresh) {
      const reference = readSentReference(message);
      if (reference !== undefined) learned.showsReferences = true;
      if (reference === clientReference) {
        if (identity.isSame(message)) {
          await confirmConversationId(context, identity, conversationId, message);
          const { requestId, timestamp } = page.answer.body;
          return { kind: "found", answer: { ...page.answer, body: { ...message, requestId, timestamp } } };
        }
        conflict ??= message;
      } else if (reference === undefined && isLookalike(message, identity, options)) lookalike = true;
    }
    if (looked === 0 && fresh.length > 0) await confirmConversationId(context, identity, conversationId, fresh[0]);
    looked += fresh.length;
    if (gap) return inconclusive("has more messages in one millisecond than a page holds, and it may be one of them");
    const start = options.since === null ? null : toServerClock(page.answer, options.since, monotonicNow(clock));
    if (start !== null && fresh.some((each) => isOlder(each?.createdAt, start - clockMarginMs))) return end();
    if (looked >= maxMessages) {
      if (!options.maybeSent) return end();
      return inconclusive(`does not have it among the latest ${looked} messages`);
    }
  }
  return end();
}

/** The server shows messages under this id, so it is a conversation's; each message may name another form of it. */
async function confirmConversationId(
  context: ClientContext,
  identity: MessageIdentity,
  asked: string,
  message: unknown,
): Promise<void> {
  const { standing } = context.conversationIds.lookUp(identity.platform, identity.to);
  if (standing === "contradicted" && readSentReference(message) !== identity.clientReference) return;
  const named = isObject(message) && typeof message.conversationId === "string" ? message.conversationId : "";
  await learnConversationId(context, identity, named === "" ? asked : named, undefined);
}

/**
 * Remembers which conversation a recipient's messages are in, and tells of a form that is not the documented one.
 *
 * @param requestId of the answer that named it
 */
export async function learnConversationId(
  context: ClientContext,
  { platform, to }: { platform: string; to: string },
  id: string,
  requestId: string | undefined,
): Promise<void> {
  const { hooks, redact, conversationIds } = context;
  const before = conversationIds.lookUp(platform, to);
  if (before.standing === "confirmed" && before.id === id) return;
  const failed = await noteWithin(context, () => rememberConversationId(context, platform, to, id));
  if (failed !== undefined) notifyHook(hooks.onLedgerError, redact.error(failed));
  if (id === conversationIdOf(platform, to)) return;
  const message = "the conversation's id is not platform:address, as documented; the one OnSync named is used";
  notifyHook(hooks.onDrift, {
    endpoint: "sendMessage",
    requestId,
    issues: [{ path: ["conversationId"], code: "undocumented_form", message }],
  });
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

/** Whether looking again could show more: what OnSync itself refuses stays refused. */
export function isPermanentFailure(finding: SearchResult): boolean {
  if (finding.kind !== "inconclusive" || !isApiError(finding.error)) return false;
  const { fromApi, status } = finding.error;
  return fromApi && [400, 401, 403, 404].includes(status);
}
