import * as z from "zod";
import { ConversationId, Direction, Instant, Message, MessageStatus } from "../api/index.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import { defineOperation } from "./operation.ts";

/** How far back one search reads: each page is a request of the org's hourly budget. */
const maxPages = 3;
const pageSize = 100;
const defaultLimit = 20;

export const findMessages = defineOperation({
  name: "find_messages",
  title: "Find Messages in a Conversation",
  description:
    "Finds messages in a conversation by text, direction, status, time or id, newest first. None found is an empty list.",
  input: z.strictObject({
    conversationId: ConversationId,
    contains: z
      .string()
      .min(1, { error: "must not be empty" })
      .optional()
      .meta({ title: "Contains", description: "Text the message contains, in any case.", examples: ["order"] }),
    direction: Direction.optional(),
    status: MessageStatus.optional(),
    messageId: z
      .string()
      .min(1)
      .max(400)
      .optional()
      .meta({ title: "Message", description: "Only the message with this id.", examples: ["msg_01JGDP5CQ0"] }),
    after: Instant.optional().meta({
      title: "After",
      description: "Only messages after this ISO 8601 time.",
      examples: ["2024-12-01T09:00:00Z"],
    }),
    before: Instant.optional().meta({
      title: "Before",
      description: "Only messages before this ISO 8601 time.",
      examples: ["2024-12-01T11:00:00Z"],
    }),
    limit: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .meta({
        title: "Limit",
        description: `Messages at most, 1 to 100. Without it the search ends with the first page that has any, and gives ${defaultLimit} at most.`,
        examples: [defaultLimit],
      }),
  }),
  output: z.looseObject({
    data: z.array(Message),
    complete: z.boolean().meta({
      description: `False when the search stopped after ${maxPages} pages of ${pageSize} messages: give readBackTo as before to go on.`,
    }),
    readBackTo: z.string().nullable().meta({ description: "createdAt of the oldest message read." }),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations"],
  leftOut: {},
  run: async (onsync, { conversationId, limit, ...filter }, context) => {
    const data: Message[] = [];
    let pages = 0;
    let readBackTo: string | null = null;
    try {
      const query = { pageSize, ...(filter.before && { before: filter.before }) };
      for await (const { messages, isLast } of onsync.messages.iteratePages(conversationId, query, context)) {
        const recent = messages.filter(({ createdAt }) => isAfter(createdAt, filter.after));
        readBackTo = recent.at(-1)?.createdAt ?? readBackTo;
        data.push(...recent.filter((message) => isWanted(message, filter)));
        const isEnough = limit === undefined ? data.length > 0 : data.length >= limit;
        if (isEnough || recent.length < messages.length) break;
        if (++pages === maxPages) return { data, complete: isLast, readBackTo };
      }
    } catch (error) {
      // No conversation, no messages. A 404 that is not OnSync's own says something else: that the address is wrong.
      if (!isErrorNamed(error, "NotFoundError") || error.code !== "not_found") throw error;
    }
    return { data: data.slice(0, limit ?? defaultLimit), complete: true, readBackTo };
  },
});

function isAfter(createdAt: string, after: string | undefined): boolean {
  return after === undefined || !(Date.parse(createdAt) <= Date.parse(after));
}

function isWanted(
  message: Message,
  {
    contains,
    direction,
    status,
    messageId,
  }: { contains?: string; direction?: string; status?: string; messageId?: string },
): boolean {
  return (
    (direction === undefined || message.direction === direction) &&
    (status === undefined || message.status === status) &&
    (messageId === undefined || message.id === messageId) &&
    (contains === undefined || Boolean(message.content?.toLocaleLowerCase().includes(contains.toLocaleLowerCase())))
  );
}
