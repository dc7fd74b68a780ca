/** One page of a conversation's history, at the largest size this server gives. */
import type { Message } from "../../api/index.ts";
import { isApiError } from "../errors/guards.ts";
import { maxHistoryPageSize, type ServerFacts } from "../server-facts.ts";

export type PageQuery = { limit: number; before?: string };

/** The figure of docs/onsync-api.txt, "Conversation history", for a server that takes no larger one. */
const documentedPageSize = 50;

/** Asks with at most what the server has taken; one that refuses a larger page is asked again for the documented 50. */
export function createHistoryFetcher<Response>(
  serverFacts: ServerFacts,
  fetchPage: (query: PageQuery) => Promise<Response>,
): (query: PageQuery) => Promise<Response> {
  return async (query) => {
    // What no server takes is refused as it is.
    const limit = query.limit > maxHistoryPageSize ? query.limit : Math.min(query.limit, serverFacts.historyPageSize);
    try {
      return await fetchPage({ ...query, limit });
    } catch (error) {
      const refused = isApiError(error) && (error.status === 400 || error.status === 422);
      if (!refused || limit <= documentedPageSize || limit > maxHistoryPageSize) throw error;
      const response = await fetchPage({ ...query, limit: documentedPageSize });
      serverFacts.historyPageSize = documentedPageSize;
      return response;
    }
  };
}

/** What `onDrift` is told where messages cannot be reached: more share one millisecond than a page holds. */
export function createTieIssue(message: Message | undefined): { path: PropertyKey[]; code: string; message: string } {
  return {
    path: ["data"],
    code: "unreachable_messages",
    message: `more messages than a page holds share one millisecond${message?.createdAt ? ` (${message.createdAt})` : ""}: some cannot be reached`,
  };
}
