/** Looks for a message that may have been sent, in its conversation's history. */
import { conversationIdOf, type Message } from "../../api/index.ts";
import { monotonicNow } from "../clock.ts";
import type { Settings } from "../context.ts";
import { type Budget, noteWithin } from "../deadline.ts";
import type { OnSyncError } from "../errors/errors.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "../errors/guards.ts";
import { instantOf, isZoneless } from "../instant.ts";
import { isObject } from "../json.ts";
import { historyFetcher } from "../pager/history.ts";
import { type HistoryAnswer, historyPages } from "../pager/pager.ts";
import { tell } from "../request.ts";
import { type Answer, onServerClock } from "../response.ts";
import { performWithin } from "../retry.ts";
import { rememberConversationId } from "./conversation-ids.ts";
import { referenceOf } from "./reference.ts";

/** The message a reference stands for. */
export type Sought = {
  platform: string;
  to: string;
  clientReference: string;
  /** Whether a message of the history can be it, by what it says. */
  isSame(message: unknown): boolean;
};

export type Finding =
  | { kind: "found"; answer: Answer }
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

function inconclusive(why: string, error?: OnSyncError): Finding {
  return error === undefined ? { kind: "inconclusive", why } : { kind: "inconclusive", why, error };
}

/**
 * Walks the history, newest first.
 *
 * @throws GaveUp
 */
export async function findSentMessage(
  settings: Settings,
  sought: Sought,
  options: SearchOptions,
  budget: Budget,
): Promise<Finding> {
  const conversationId = settings.conversationIds.of(sought.platform, sought.to).id;
  try {
    return await search(settings, sought, conversationId, options, budget);
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    // Without a first message there is no conversation yet. A 404 without OnSync's own words for it proves nothing.
    if (isErrorNamed(error, "NotFoundError") && error.fromApi && error.code === "not_found")
      return whenNotThere(settings, sought, conversationId, options);
    return inconclusive(`could not be read (${error.message})`, error);
  }
}

/** What it means that the conversation does not have it, or does not exist. `asked`: the id it was looked for under. */
function whenNotThere(
  { conversationIds }: Settings,
  { platform, to }: Sought,
  asked: string,
  { maybeSent }: SearchOptions,
): Finding {
  const { id, standing } = conversationIds.of(platform, to);
  if (id !== asked) return { kind: "absent", unproven: `was looked at, and OnSync has named ${id} meanwhile` };
  if (standing === "contradicted")
    return { kind: "absent", unproven: "may be another's: this OnSync names its conversations otherwise" };
  const guessed = maybeSent && standing === "guess";
  const unproven = "does not have it, but OnSync has not confirmed that this is the conversation's id";
  return { kind: "absent", unproven: guessed ? unproven : null };
}

async function search(
  settings: Settings,
  sought: Sought,
  conversationId: string,
  options: SearchOptions,
  budget: Budget,
): Promise<Finding> {
  const { clock, known, redact } = settings;
  const { clientReference } = sought;
  const fetchPage = historyFetcher<Answer>(settings, (query) =>
    performWithin(settings, { name: "listMessages", parts: { conversationId }, query }, budget),
  );
  const path = redact.text(`/conversations/${encodeURIComponent(conversationId)}/messages`);
  const walk = historyPages(
    async (query): Promise<HistoryAnswer & { answer: Answer }> => {
      const answer = await fetchPage(query);
      return { ...(answer.body as unknown as HistoryAnswer), answer };
    },
    { pageSize: 100, path },
  );

  let looked = 0;
  /** A message that may be the one, for all it shows. */
  let lookalike = false;
  let conflict: Message | undefined;
  const end = (): Finding => {
    if (conflict) return { kind: "conflict", message: conflict };
    if (lookalike && !known.keepsReferences) return inconclusive("has a message like it that shows no clientReference");
    return whenNotThere(settings, sought, conversationId, options);
  };

  for await (const { page, fresh, gap } of walk) {
    for (const message of fresh) {
      const reference = referenceOf(message);
      if (reference !== undefined) known.keepsReferences = true;
      if (reference === clientReference) {
        if (sought.isSame(message)) {
          await confirm(settings, sought, conversationId, message);
          const { requestId, timestamp } = page.answer.body;
          return { kind: "found", answer: { ...page.answer, body: { ...message, requestId, timestamp } } };
        }
        conflict ??= message;
      } else if (reference === undefined && isLookalike(message, sought, options)) lookalike = true;
    }
    if (looked === 0 && fresh.length > 0) await confirm(settings, sought, conversationId, fresh[0]);
    looked += fresh.length;
    if (gap) return inconclusive("has more messages in one millisecond than a page holds, and it may be one of them");
    const start = options.since === null ? null : onServerClock(page.answer, options.since, monotonicNow(clock));
    if (start !== null && fresh.some((each) => isOlder(each?.createdAt, start - clockMarginMs))) return end();
    if (looked >= maxMessages) {
      if (!options.maybeSent) return end();
      return inconclusive(`does not have it among the latest ${looked} messages`);
    }
  }
  return end();
}

/** The server shows messages under this id, so it is a conversation's; each message may name another form of it. */
async function confirm(settings: Settings, sought: Sought, asked: string, message: unknown): Promise<void> {
  const { standing } = settings.conversationIds.of(sought.platform, sought.to);
  if (standing === "contradicted" && referenceOf(message) !== sought.clientReference) return;
  const named = isObject(message) && typeof message.conversationId === "string" ? message.conversationId : "";
  await learnConversationId(settings, sought, named === "" ? asked : named, undefined);
}

/**
 * Remembers which conversation a recipient's messages are in, and tells of a form that is not the documented one.
 *
 * @param requestId of the answer that named it
 */
export async function learnConversationId(
  settings: Settings,
  { platform, to }: { platform: string; to: string },
  id: string,
  requestId: string | undefined,
): Promise<void> {
  const { hooks, redact, conversationIds } = settings;
  const before = conversationIds.of(platform, to);
  if (before.standing === "confirmed" && before.id === id) return;
  const failed = await noteWithin(settings, () => rememberConversationId(settings, platform, to, id));
  if (failed !== undefined) tell(hooks.onLedgerError, redact.error(failed));
  if (id === conversationIdOf(platform, to)) return;
  const message = "the conversation's id is not platform:address, as documented; the one OnSync named is used";
  tell(hooks.onDrift, {
    endpoint: "sendMessage",
    requestId,
    issues: [{ path: ["conversationId"], code: "undocumented_form", message }],
  });
}

/** A time without a zone may be hours off: it ends no search. */
function isOlder(createdAt: unknown, instant: number): boolean {
  return !isZoneless(createdAt) && instantOf(createdAt) < instant;
}

/** Whether a message without a reference may be the one: the history may leave metadata out. */
function isLookalike(message: unknown, { isSame }: Sought, { maybeSent }: SearchOptions): boolean {
  if (!isObject(message) || message.direction === "inbound") return false;
  // A server that shows metadata, but never a reference, takes them out: that counts where one may be out.
  if (isObject(message.metadata) && !maybeSent) return false;
  return isSame(message);
}

/** Whether looking again could show more: what OnSync itself refuses stays refused. */
export function isFinalRefusal(finding: Finding): boolean {
  if (finding.kind !== "inconclusive" || !isApiError(finding.error)) return false;
  const { fromApi, status } = finding.error;
  return fromApi && [400, 401, 403, 404].includes(status);
}
