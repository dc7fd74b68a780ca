import * as z from "zod";
import { ConversationId, Instant } from "../api/fields.ts";
import { Direction, Message, MessageStatus } from "../api/message.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import type { OnSync } from "../client/index.ts";
import { defineOperation, type OperationContext } from "./operation.ts";

/** How far back one search reads: each page is a request of the org's hourly budget. */
const maxPagesOfOne = 3;
const pageSize = 100;
const defaultLimit = 20;
/** Conversations that one search looks through: a request each. */
const maxConversations = 30;
const maxAtOnce = 5;

export const findMessages = defineOperation({
  name: "find_messages",
  title: "Find Messages in a Conversation",
  description:
    "Finds messages in a conversation, or in several, by text, direction, status, time or id, newest first. None found is an empty list.",
  input: z
    .strictObject({
      conversationId: ConversationId.optional(),
      conversationIds: z
        .array(ConversationId)
        .max(maxConversations)
        .optional()
        .meta({
          title: "Conversations",
          description: `In place of one conversation up to ${maxConversations}, whose newest ${pageSize} messages are looked through: a request each.`,
          examples: [["whatsapp:+971500000000", "telegram:482910377"]],
        }),
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
    })
    .superRefine(({ conversationId, conversationIds }, context) => {
      const isSeveral = conversationIds !== undefined && conversationIds.length > 0;
      if ((conversationId !== undefined) !== isSeveral) return;
      const message =
        conversationId === undefined ? "is missing: name a conversation" : "cannot be combined with conversationIds";
      context.addIssue({ code: "custom", path: ["conversationId"], message });
    }),
  output: z.looseObject({
    data: z.array(Message),
    complete: z.boolean().meta({
      description: `False when the search stopped after ${maxPagesOfOne} pages of ${pageSize} messages: give readBackTo as before to go on.`,
    }),
    readBackTo: z.string().nullable().meta({ description: "createdAt of the oldest message read; null for several." }),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations"],
  leftOut: {},
  run: async (onsync, { conversationId, conversationIds = [], limit, ...filter }, context) => {
    if (conversationId !== undefined) return findInOne(onsync, conversationId, { limit, filter }, context);
    const found: Found[] = [];
    for (let next = 0; next < conversationIds.length; next += maxAtOnce) {
      const ids = conversationIds.slice(next, next + maxAtOnce);
      const options = { limit, filter, maxPages: 1 };
      found.push(...(await Promise.all(ids.map((id) => findInOne(onsync, id, options, context)))));
    }
    return {
      data: found.flatMap(({ data }) => data),
      complete: found.every(({ complete }) => complete),
      // Each goes on from a time of its own.
      readBackTo: null,
    };
  },
});

type Filter = {
  contains?: string | undefined;
  direction?: string | undefined;
  status?: string | undefined;
  messageId?: string | undefined;
  after?: string | undefined;
  before?: string | undefined;
};
type Found = { data: Message[]; complete: boolean; readBackTo: string | null };

async function findInOne(
  onsync: OnSync,
  conversationId: string,
  { limit, filter, maxPages = maxPagesOfOne }: { limit: number | undefined; filter: Filter; maxPages?: number },
  context: OperationContext,
): Promise<Found> {
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
}

function isAfter(createdAt: string, after: string | undefined): boolean {
  return after === undefined || !(Date.parse(createdAt) <= Date.parse(after));
}

function isWanted(message: Message, { contains, direction, status, messageId }: Filter): boolean {
  return (
    (direction === undefined || message.direction === direction) &&
    (status === undefined || message.status === status) &&
    (messageId === undefined || message.id === messageId) &&
    (contains === undefined || Boolean(message.content?.toLocaleLowerCase().includes(contains.toLocaleLowerCase())))
  );
}
