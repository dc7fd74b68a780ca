import * as z from "zod";
import { ConversationId, Instant, limit } from "../api/fields.ts";
import { Message } from "../api/message.ts";
import { defineOperation } from "./operation.ts";

export const listMessages = defineOperation({
  name: "list_messages",
  title: "List Messages",
  description: "Returns a conversation's messages, newest first. Give nextBefore as before to read further back.",
  input: z.strictObject({
    conversationId: ConversationId,
    limit: limit(20),
    before: Instant.optional().meta({
      title: "Before",
      description: "Only messages before this ISO 8601 time.",
      examples: ["2024-12-01T11:00:00Z"],
    }),
  }),
  output: z.looseObject({ data: z.array(Message), nextBefore: z.string().nullable() }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations"],
  leftOut: { zapier: "the search find_messages" },
  run: async (onsync, { conversationId, ...page }, context) => {
    const { data, nextBefore } = await onsync.messages.list(conversationId, page, context);
    return { data, nextBefore };
  },
});
