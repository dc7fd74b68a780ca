/** Conversations (extension). Their messages are in `messages.ts`. */
import type * as z from "zod";
import type { Conversation, ConversationsQuery } from "../../api/index.ts";
import type { CallOptions, Settings } from "../context.ts";
import { type Page, pageOf } from "../pager/page.ts";
import { cursorItems } from "../pager/pager.ts";
import { perform } from "../retry.ts";

type Query = z.input<typeof ConversationsQuery>;

export type Conversations = {
  /** Extension. Most recently active first. */
  list(query?: Query, options?: CallOptions): Promise<Page<Conversation>>;
  /** Extension. The conversations of all pages; the options hold for each page. */
  iterate(query?: Query, options?: CallOptions): AsyncGenerator<Conversation, void, undefined>;
};

export function conversationsOf(settings: Settings): Conversations {
  const list: Conversations["list"] = async (query, options) =>
    pageOf<Conversation>(await perform(settings, { name: "listConversations", query }, options));
  return {
    list,
    iterate: (query, options) =>
      cursorItems((cursor) => list({ ...query, cursor }, options), { cursor: query?.cursor, path: "/conversations" }),
  };
}
