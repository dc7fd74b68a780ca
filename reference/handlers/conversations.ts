import { iso } from "../clock.ts";
import { decodeCursor, encodeCursor } from "../cursor.ts";
import { conversationBody, conversationOf } from "../inbox/conversations.ts";
import { messageBody } from "../inbox/messages.ts";
import { type Handlers, ok } from "./handler.ts";

/**
 * The instant in whole milliseconds. Finer parts are rounded up, so that "before" a moment within a millisecond still
 * includes what was created at that millisecond.
 */
const milliseconds = (instant: string): number => {
  const finer = /\.\d{3}(\d+)/.exec(instant)?.[1];
  return Date.parse(instant) + (finer !== undefined && /[1-9]/.test(finer) ? 1 : 0);
};

export const conversations: Handlers<"listConversations" | "listMessages"> = {
  listConversations: ({ world, org, query }) => {
    const [updatedAt, seq] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 2);
    const found = world.store.conversations.search({
      orgId: org.id,
      status: query.status,
      platform: query.platform,
      before: updatedAt === undefined || seq === undefined ? undefined : { updatedAt, seq },
      limit: query.limit + 1,
    });
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return ok({
      data: page.map(conversationBody),
      nextCursor: last && found.length > page.length ? encodeCursor([last.updatedAt, last.seq]) : null,
    });
  },

  listMessages: ({ world, org, params, query }) => {
    const conversation = conversationOf(world, org.id, params.conversationId);
    const before = query.before === undefined ? Number.MAX_SAFE_INTEGER : milliseconds(query.before);
    const found = world.store.messages.history(conversation.seq, before, query.limit + 1);
    const page = found.slice(0, query.limit);
    const last = page.at(-1);
    return ok({
      data: page.map((message) =>
        messageBody(message, { conversationId: conversation.id, platform: conversation.platform }),
      ),
      nextBefore: last && found.length > page.length ? iso(last.createdAt) : null,
    });
  },
};
