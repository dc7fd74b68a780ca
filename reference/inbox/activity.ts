/** What a contact's conversations say of it, which `GET /contacts/{id}` adds. */
import { toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatConversationId } from "../deviations/behaviour.ts";
import type { StoredConversation } from "../store/conversations.ts";

function findLatest(instants: (number | null)[]): string | null {
  const known = instants.filter((instant) => instant !== null);
  return toIsoOrNull(known.length === 0 ? null : Math.max(...known));
}

export function summarizeActivity({ behaviour }: ReferenceContext, conversations: StoredConversation[]) {
  return {
    lastMessageAt: findLatest(conversations.map((conversation) => conversation.lastMessageAt)),
    lastInboundAt: findLatest(conversations.map((conversation) => conversation.lastInboundAt)),
    lastOutboundAt: findLatest(conversations.map((conversation) => conversation.lastOutboundAt)),
    messageCount: conversations.reduce((sum, conversation) => sum + conversation.messageCount, 0),
    conversationIds: conversations.map((conversation) => formatConversationId(behaviour.current, conversation)),
  };
}
