/** What one client has learnt of its server, and goes on learning with every answer. */
import type { RateLimit } from "./rate-limit.ts";
import { ConversationIds } from "./send/conversation-ids.ts";

/** The largest page of history that a server gives. */
export const maxHistoryPageSize = 100;

export class ServerFacts {
  /** The org's budget, as the last answer that spoke of it told; `null` before. */
  rateLimit: RateLimit | null = null;
  /** The largest page of history this server gives: 100, or 50 where it refused 100. */
  historyPageSize = maxHistoryPageSize;
  /** Whether the history has shown a clientReference: then it leaves none out. */
  showsReferences = false;
  readonly conversationIds = new ConversationIds();
}
