/** Messages: sent once, and read back losslessly. */
import type { Envelope, Message, MessageInput, SentMessage } from "../../api/index.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import type { LedgerEntry } from "../ledger/ledger.ts";
import { createHistoryFetcher, createTieIssue } from "../pager/history.ts";
import type { HistoryPage } from "../pager/page.ts";
import { type HistoryResponse, iterateHistory } from "../pager/pager.ts";
import { notifyHook } from "../request.ts";
import { executeCall } from "../retry.ts";
import { type SendOptions, sendMessage } from "../send/send.ts";
import { settleSend } from "../send/settle-send.ts";

/** The message. `alreadySent`: an earlier call sent it under the same clientReference, and this one sent nothing. */
export type Sent = SentMessage & Envelope & { alreadySent?: true };

type HistoryQuery = {
  /** 1 to 100, default 50. */
  limit?: number | undefined;
  /** Only messages created before this instant: ISO 8601 with a zone. */
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
  iterate(
    conversationId: string,
    query?: { pageSize?: number | undefined; before?: string | undefined },
    options?: CallOptions,
  ): AsyncGenerator<Message, void, undefined>;
};

const defaultPageSize = 50;

export function createMessages(context: ClientContext): Messages {
  /** As it came: the pager tells a nextBefore that is missing from one that is null. */
  const page = async (conversationId: string, query: HistoryQuery | undefined, options: CallOptions | undefined) => {
    const call = { name: "listMessages", parts: { conversationId }, query } as const;
    return (await executeCall(context, call, options)).body as HistoryResponse & Envelope;
  };
  return {
    async send(input, options) {
      return (await sendMessage(context, input, options)).body as Sent;
    },
    settle: (clientReference, options) => settleSend(context, clientReference, options),
    async list(conversationId, query, options) {
      const answer = await page(conversationId, query, options);
      return { ...answer, nextBefore: answer.nextBefore ?? null };
    },
    async *iterate(conversationId, { pageSize = defaultPageSize, before } = {}, options) {
      const path = context.redact.text(`/conversations/${conversationId}/messages`);
      const fetchPage = createHistoryFetcher(context, (query) => page(conversationId, query, options));
      let told = false;
      for await (const { page: answer, fresh, gap } of iterateHistory(fetchPage, { pageSize, before, path })) {
        if (gap && !told) {
          const { requestId } = answer;
          notifyHook(context.hooks.onDrift, {
            endpoint: "listMessages",
            requestId,
            issues: [createTieIssue(fresh[0])],
          });
          told = true;
        }
        yield* fresh;
      }
    },
  };
}
