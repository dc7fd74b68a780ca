/** What one client has learnt of its server, and goes on learning with every answer. */
import type { RateLimit } from "./rate-limit.ts";
import { ConversationIds } from "./send/conversation-ids.ts";

/** The largest page that a server gives. */
export const maxPageSize = 100;

export class ServerFacts {
  /** The org's budget, as the last answer that spoke of it told; `null` before. */
  rateLimit: RateLimit | null = null;
  /** The largest page this server gives: 100, or 50 where it refused 100. */
  pageSize = maxPageSize;
  /** Whether the history has shown a clientReference: then it leaves none out. */
  showsReferences = false;
  readonly conversationIds = new ConversationIds();
}
