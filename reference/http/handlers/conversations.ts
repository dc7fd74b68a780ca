import { iso } from "../../clock.ts";
import { type Behaviour, microsecondsOf, pageSize } from "../../control/behaviour.ts";
import { conversationBody, conversationOfCaller } from "../../inbox/conversations.ts";
import { messageBody } from "../../inbox/messages.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { type Handlers, ok } from "./handler.ts";

/**
 * Before which whole millisecond a message must have been created to be before this moment. What was created within the
 * moment's own millisecond is before it where the moment's finer part is later than the message's own.
 */
function milliseconds(moment: string, behaviour: Behaviour): number {
  const instant = Date.parse(moment);
  const microseconds = Number(`0.${/\.\d{3}(\d+)/.exec(moment)?.[1] ?? "0"}`) * 1000;
  return microseconds > microsecondsOf(instant, behaviour) ? instant + 1 : instant;
}

export const conversations: Handlers<"listConversations" | "listMessages"> = {
  listConversations: ({ world, org, query }) => {
    const limit = pageSize(query.limit, world.behaviour.current);
    const [updatedAt, seq] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 2);
    const found = world.store.conversations.search({
      orgId: org.id,
      status: query.status,
      platform: query.platform,
      before: updatedAt === undefined || seq === undefined ? undefined : { updatedAt, seq },
      limit: limit + 1,
    });
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map((conversation) => conversationBody(world, conversation)),
      nextCursor: last && found.length > page.length ? encodeCursor([last.updatedAt, last.seq]) : null,
    });
  },

  listMessages: ({ world, org, params, query }) => {
    const { current: behaviour } = world.behaviour;
    const { historyLagMs, historyMetadata } = behaviour;
    const limit = pageSize(query.limit, behaviour);
    const conversation = conversationOfCaller(world, org.id, params.conversationId);
    const asked = query.before === undefined ? Number.MAX_SAFE_INTEGER : milliseconds(query.before, behaviour);
    const before = historyLagMs === 0 ? asked : Math.min(asked, world.clock.now() - historyLagMs + 1);
    const found = world.store.messages.history(conversation.seq, before, limit + 1);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return ok({
      data: page.map((stored) => {
        const { metadata, ...message } = messageBody(world, stored, {
          conversationId: conversation.id,
          platform: conversation.platform,
        });
        return historyMetadata ? { ...message, metadata } : message;
      }),
      nextBefore: last && found.length > page.length ? iso(last.createdAt) : null,
    });
  },
};
