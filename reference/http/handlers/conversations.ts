import type { ListedConversation } from "../../../src/api/index.ts";
import { toIso } from "../../clock.ts";
import type { ReferenceContext } from "../../context.ts";
import { type Behaviour, limitPageSize, readMicroseconds } from "../../deviations/behaviour.ts";
import { getConversation, toConversationBody } from "../../inbox/conversations.ts";
import { toMessageBody } from "../../inbox/messages.ts";
import type { StoredConversation } from "../../store/conversations.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Handlers, ok } from "./handler.ts";

/**
 * Before which whole millisecond a message must have been created to be before this moment. What was created within the
 * moment's own millisecond is before it where the moment's finer part is later than the message's own.
 */
function toExclusiveMs(moment: string, behaviour: Behaviour): number {
  const instant = Date.parse(moment);
  const microseconds = Number(`0.${/\.\d{3}(\d+)/.exec(moment)?.[1] ?? "0"}`) * 1000;
  return microseconds > readMicroseconds(instant, behaviour) ? instant + 1 : instant;
}

/** As events carry it, with whom it is and what was said last. */
function toListedBody(context: ReferenceContext, conversation: StoredConversation): ListedConversation {
  const { store } = context;
  const contact = store.contacts.byId(conversation.orgId, conversation.contactId);
  const [last] = store.messages.history(conversation.seq, Number.MAX_SAFE_INTEGER, 1);
  const message =
    last && toMessageBody(context, last, { conversationId: conversation.id, platform: conversation.platform });
  return {
    ...toConversationBody(context, conversation),
    contactName: [contact?.firstName, contact?.lastName].filter(Boolean).join(" ") || null,
    lastMessage: message
      ? {
          id: message.id,
          direction: message.direction,
          type: message.type,
          content: message.content ?? null,
          ...(message.status && { status: message.status }),
          createdAt: message.createdAt,
        }
      : null,
  };
}

export const conversations: Handlers<"listConversations" | "listMessages"> = {
  listConversations: ({ context, org, query }) => {
    const limit = limitPageSize(query.limit, context.behaviour.current);
    const [updatedAt, seq] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 2);
    const found = context.store.conversations.search({
      orgId: org.id,
      status: query.status,
      platform: query.platform,
      before: updatedAt === undefined || seq === undefined ? undefined : { updatedAt, seq },
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map((conversation) => toListedBody(context, conversation)),
      nextCursor: last && found.length > page.length ? encodeCursor([last.updatedAt, last.seq]) : null,
    });
  },

  listMessages: ({ context, org, params, query }) => {
    const { current: behaviour } = context.behaviour;
    const { historyLagMs, historyMetadata } = behaviour;
    const limit = limitPageSize(query.limit, behaviour);
    const conversation = getConversation(context, org.id, params.conversationId);
    const asked = query.before === undefined ? Number.MAX_SAFE_INTEGER : toExclusiveMs(query.before, behaviour);
    const before = historyLagMs === 0 ? asked : Math.min(asked, context.clock.now() - historyLagMs + 1);
    const found = context.store.messages.history(conversation.seq, before, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map((stored) => {
        const { metadata, ...message } = toMessageBody(context, stored, {
          conversationId: conversation.id,
          platform: conversation.platform,
        });
        return historyMetadata ? { ...message, metadata } : message;
      }),
      nextBefore: last && found.length > page.length ? toIso(last.createdAt) : null,
    });
  },
};
