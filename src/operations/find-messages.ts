import * as z from "zod";
import { ConversationId, Direction, Instant, limit, Message } from "../api/index.ts";
import { defineOperation } from "./operation.ts";

/** How far back one search reads: ten full pages of history, ten requests of the org's hourly budget. */
const maxMessagesRead = 1000;

export const findMessages = defineOperation({
  name: "find_messages",
  title: "Find Messages in a Conversation",
  description:
    "Finds messages in a conversation by text, direction and time, newest first. None found is an empty list.",
  input: z.strictObject({
    conversationId: ConversationId,
    contains: z
      .string()
      .min(1, { error: "must not be empty" })
      .optional()
      .meta({ title: "Contains", description: "Text the message contains, in any case.", examples: ["order"] }),
    direction: Direction.optional(),
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
    limit: limit(20),
  }),
  output: z.looseObject({
    data: z.array(Message),
    complete: z.boolean().meta({
      description: `False when the search stopped after ${maxMessagesRead} messages: give the last message's time as before to go on.`,
    }),
    readBackTo: z.string().nullable().meta({ description: "createdAt of the oldest message read." }),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations"],
  leftOut: { mcp: "list_messages, read further back" },
  run: async (onsync, { conversationId, contains, direction, after, before, limit }, context) => {
    const words = contains?.toLocaleLowerCase();
    const data: Message[] = [];
    let read = 0;
    let readBackTo: string | null = null;
    for await (const message of onsync.messages.iterate(
      conversationId,
      { pageSize: 100, ...(before && { before }) },
      context,
    )) {
      if (after !== undefined && Date.parse(message.createdAt) <= Date.parse(after)) break;
      if (read === maxMessagesRead) return { data, complete: false, readBackTo };
      read++;
      readBackTo = message.createdAt;
      if (direction !== undefined && message.direction !== direction) continue;
      if (words !== undefined && !message.content?.toLocaleLowerCase().includes(words)) continue;
      data.push(message);
      if (data.length === limit) break;
    }
    return { data, complete: true, readBackTo };
  },
});
