/** Messages: sent once, and read back losslessly. */
import type { Envelope, Message, MessageInput, SentMessage } from "../api/index.ts";
import type { HistoryPage } from "./page.ts";
import { type HistoryAnswer, historyPages } from "./pager.ts";
import { perform } from "./retry.ts";
import { type SendOptions, send } from "./send.ts";
import type { CallOptions, Settings } from "./settings.ts";

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
   */
  send(input: MessageInput, options?: SendOptions): Promise<SentMessage & Envelope>;
  /** One page of a conversation, newest first. */
  list(conversationId: string, query?: HistoryQuery, options?: CallOptions): Promise<HistoryPage>;
  /** The whole conversation, newest first, each message once; the options hold for each page. */
  iterate(
    conversationId: string,
    query?: { pageSize?: number | undefined; before?: string | undefined },
    options?: CallOptions,
  ): AsyncGenerator<Message, void, undefined>;
};

const defaultPageSize = 50;

export const messagesOf = (settings: Settings): Messages => {
  /** As it came: the pager tells a nextBefore that is missing from one that is null. */
  const page = async (conversationId: string, query: HistoryQuery | undefined, options: CallOptions | undefined) => {
    const call = { name: "listMessages", parts: { conversationId }, query } as const;
    return (await perform(settings, call, options)).body as HistoryAnswer & Envelope;
  };
  return {
    async send(input, options) {
      return (await send(settings, input, options)).body as SentMessage & Envelope;
    },
    async list(conversationId, query, options) {
      const answer = await page(conversationId, query, options);
      return { ...answer, nextBefore: answer.nextBefore ?? null };
    },
    async *iterate(conversationId, { pageSize = defaultPageSize, before } = {}, options) {
      const path = settings.redact.text(`/conversations/${conversationId}/messages`);
      const pages = historyPages((query) => page(conversationId, query, options), { pageSize, before, path });
      for await (const { fresh } of pages) yield* fresh;
    },
  };
};
