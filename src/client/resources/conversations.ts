/** Conversations (extension). Their messages are in `messages.ts`. */
import type * as z from "zod";
import type { Conversation, ConversationsQuery } from "../../api/index.ts";
import type { CallOptions, ClientContext } from "../context.ts";
import { type Page, toPage } from "../pager/page.ts";
import { iterateCursor } from "../pager/pager.ts";
import { executeCall } from "../retry.ts";

type Query = z.input<typeof ConversationsQuery>;

export type Conversations = {
  /** Extension. Most recently active first. */
  list(query?: Query, options?: CallOptions): Promise<Page<Conversation>>;
  /** Extension. The conversations of all pages; the options hold for each page. */
  iterate(query?: Query, options?: CallOptions): AsyncGenerator<Conversation, void, undefined>;
};

export function createConversations(context: ClientContext): Conversations {
  const list: Conversations["list"] = async (query, options) =>
    toPage<Conversation>(await executeCall(context, { name: "listConversations", query }, options));
  return {
    list,
    iterate: (query, options) =>
      iterateCursor((cursor) => list({ ...query, cursor }, options), { cursor: query?.cursor, path: "/conversations" }),
  };
}
