/** Conversations (extension). Their messages are in `messages.ts`. */
import type { ConversationsQuery, ListedConversation } from "../../api/types/conversations.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import type { CallOptions } from "../options.ts";
import { type Page, toPage } from "../pager/page.ts";
import { iterateCursor } from "../pager/pager.ts";

export type Conversations = {
  /** Extension. Most recently active first. */
  list(query?: ConversationsQuery, options?: CallOptions): Promise<Page<ListedConversation>>;
  /** Extension. The conversations of all pages; the options hold for each page. */
  iterate(query?: ConversationsQuery, options?: CallOptions): AsyncGenerator<ListedConversation, void, undefined>;
};

export function createConversations(context: ClientContext): Conversations {
  const list: Conversations["list"] = async (query, options) =>
    toPage((await executeCall(context, "listConversations", { query }, options)).body);
  return {
    list,
    iterate: (query, options) =>
      iterateCursor((cursor) => list({ ...query, cursor }, options), { cursor: query?.cursor, path: "/conversations" }),
  };
}
