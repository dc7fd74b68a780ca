/** One page, at the largest size this server gives. */
import type { Message } from "../../api/index.ts";
import { isApiError } from "../errors/guards.ts";
import { maxPageSize, type ServerFacts } from "../server-facts.ts";
import { type CursorResponse, iterateCursor } from "./pager.ts";

type PageQuery = { limit: number };

/** The figure of docs/onsync-api.txt, "Conversation history", for a server that takes no larger one. */
const documentedPageSize = 50;

/** Asks with at most what the server has taken; one that refuses a larger page is asked again for the documented 50. */
export function createPageFetcher<Query extends PageQuery, Response>(
  serverFacts: ServerFacts,
  fetchPage: (query: Query) => Promise<Response>,
): (query: Query) => Promise<Response> {
  return async (query) => {
    // What no server takes is refused as it is.
    const limit = query.limit > maxPageSize ? query.limit : Math.min(query.limit, serverFacts.pageSize);
    try {
      return await fetchPage({ ...query, limit });
    } catch (error) {
      const refused = isApiError(error) && (error.status === 400 || error.status === 422);
      if (!refused || limit <= documentedPageSize || limit > maxPageSize) throw error;
      const response = await fetchPage({ ...query, limit: documentedPageSize });
      serverFacts.pageSize = documentedPageSize;
      return response;
    }
  };
}

/** The items of all pages of a list, in the fewest requests unless told otherwise. */
export function iterateList<Item>(
  serverFacts: ServerFacts,
  fetchPage: (query: { limit: number; cursor: string | undefined }) => Promise<CursorResponse<Item>>,
  { limit = maxPageSize, cursor }: { limit?: number | undefined; cursor?: string | undefined } = {},
  path: string,
): AsyncGenerator<Item, void, undefined> {
  const fetchAtMost = createPageFetcher(serverFacts, fetchPage);
  return iterateCursor((next) => fetchAtMost({ limit, cursor: next }), { cursor, path });
}

/** What `onDrift` is told where messages cannot be reached: more share one millisecond than a page holds. */
export function createTieIssue(message: Message | undefined): { path: PropertyKey[]; code: string; message: string } {
  return {
    path: ["data"],
    code: "unreachable_messages",
    message: `more messages than a page holds share one millisecond${message?.createdAt ? ` (${message.createdAt})` : ""}: some cannot be reached`,
  };
}
