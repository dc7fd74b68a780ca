/** Messages: sent once, and read back losslessly. */
import type { Envelope, Message, MessageInput, SentMessage } from "../../api/index.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import { notifyHook } from "../hooks.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import type { CallOptions, SendOptions } from "../options.ts";
import type { HistoryPage } from "../pager/page.ts";
import { createPageFetcher, createTieIssue } from "../pager/page-fetcher.ts";
import { iterateHistory } from "../pager/pager.ts";
import { sendMessage } from "../send/send.ts";
import { settleSend } from "../send/settle-send.ts";
import { maxPageSize } from "../server-facts.ts";

/** The message. `alreadySent`: an earlier call sent it under the same clientReference, and this one sent nothing. */
export type Sent = SentMessage & Envelope & { alreadySent?: true };

type HistoryQuery = {
  /** 1 to 100, default 50. */
  limit?: number | undefined;
  /** Only messages created before this instant: ISO 8601 with a zone. */
  before?: string | undefined;
};

type WalkQuery = {
  /** 1 to 100, default 100: the fewest requests. */
  pageSize?: number | undefined;
  before?: string | undefined;
};

export type Messages = {
  /**
   * Sends a text or a template, once. When the answer is lost, the message is looked up in its conversation
   * (docs/reliability.md).
   *
   * @throws UnknownOutcomeError where it cannot be told whether the message was sent; every other error of the tree
   *   has `outcome: "not_sent"`. It rejects with your own abort reason only where nothing was sent
   * @throws ReferenceConflictError where the clientReference belongs to another message
   */
  send(input: MessageInput, options?: SendOptions): Promise<Sent>;
  /**
   * Looks for a message whose outcome is open, by its reference, and notes in the ledger what it found: `sent`, or
   * `not_sent` where a complete history since its claim does not have it and the grace is over; else it stays `unknown`.
   *
   * @returns the ledger's entry; `null` where it has none under this reference
   */
  settle(clientReference: string, options?: CallOptions): Promise<LedgerEntry | null>;
  /** One page of a conversation, newest first. */
  list(conversationId: string, query?: HistoryQuery, options?: CallOptions): Promise<HistoryPage>;
  /**
   * The whole conversation, newest first, each message once; the options hold for each page. Where more messages share one
   * millisecond than a page holds, the API cannot name the rest: `onDrift` is told `unreachable_messages`.
   */
  iterate(conversationId: string, query?: WalkQuery, options?: CallOptions): AsyncGenerator<Message, void, undefined>;
  /**
   * The same, page by page: what each brought that was not there before, whether it was the last, and whether messages before
   * it could not be reached.
   */
  iteratePages(
    conversationId: string,
    query?: WalkQuery,
    options?: CallOptions,
  ): AsyncGenerator<{ messages: Message[]; isLast: boolean; isGap: boolean }, void, undefined>;
};

export function createMessages(context: ClientContext): Messages {
  /** As it came: the pager tells a nextBefore that is missing from one that is null. */
  const fetchPage = async (conversationId: string, query: HistoryQuery | undefined, options: CallOptions | undefined) =>
    (await executeCall(context, "listMessages", { path: { conversationId }, query }, options)).body;
  async function* iteratePages(
    conversationId: string,
    { pageSize = maxPageSize, before }: WalkQuery = {},
    options?: CallOptions,
  ) {
    const path = context.redact.text(`/conversations/${conversationId}/messages`);
    const fetchAtMost = createPageFetcher(context.serverFacts, (query: HistoryQuery & { limit: number }) =>
      fetchPage(conversationId, query, options),
    );
    let isGapReported = false;
    for await (const { page, fresh, gap } of iterateHistory(fetchAtMost, { pageSize, before, path })) {
      const isGap = gap && !isGapReported;
      if (isGap) {
        const { requestId } = page;
        const issues = [createTieIssue(fresh[0])];
        notifyHook(context.hooks.onDrift, { endpoint: "listMessages", requestId, issues });
        isGapReported = true;
      }
      yield { messages: fresh, isLast: page.nextBefore === null, isGap };
    }
  }
  return {
    async send(input, options) {
      const { message, alreadySent } = await sendMessage(context, input, options);
      return { ...message, ...(alreadySent && { alreadySent }) };
    },
    settle: (clientReference, options) => settleSend(context, clientReference, options),
    async list(conversationId, query, options) {
      const page = await fetchPage(conversationId, query, options);
      return { ...page, nextBefore: page.nextBefore ?? null };
    },
    async *iterate(...walk) {
      for await (const { messages } of iteratePages(...walk)) yield* messages;
    },
    iteratePages,
  };
}
