/** Conversations (extension). Their messages are in `messages.ts`. */
import type { ConversationsQuery, ListedConversation } from "../../api/types/conversations.ts";
import { executeCall } from "../call.ts";
import type { ClientContext } from "../context.ts";
import type { CallOptions } from "../options.ts";
import { type Page, toPage } from "../pager/page.ts";
import { iterateList } from "../pager/page-fetcher.ts";

export type Conversations = {
  /** Extension. Most recently active first. */
  list(query?: ConversationsQuery, options?: CallOptions): Promise<Page<ListedConversation>>;
  /** Extension. The conversations of all pages, of 100 unless `limit` says otherwise; the options hold for each page. */
  iterate(query?: ConversationsQuery, options?: CallOptions): AsyncGenerator<ListedConversation, void, undefined>;
};

export function createConversations(context: ClientContext): Conversations {
  const list: Conversations["list"] = async (query, options) =>
    toPage((await executeCall(context, "listConversations", { query }, options)).body);
  return {
    list,
    iterate: (query, options) =>
      iterateList(context.serverFacts, (page) => list({ ...query, ...page }, options), query, "/conversations"),
  };
}
