import * as z from "zod";
import { Conversation, ConversationStatus, Cursor, limit, Platform } from "../api/index.ts";
import { defineOperation } from "./operation.ts";

export const listConversations = defineOperation({
  name: "list_conversations",
  title: "List Conversations",
  description: "Lists conversations, most recently active first.",
  input: z.strictObject({
    status: ConversationStatus.optional(),
    platform: Platform.optional(),
    limit: limit(20),
    cursor: Cursor.optional(),
  }),
  output: z.looseObject({ data: z.array(Conversation), nextCursor: z.string().nullable() }),
  effect: "reads",
  scope: "read:messages",
  extension: "listConversations",
  toolsets: ["conversations"],
  leftOut: { zapier: "the conversation dropdown" },
  run: async (onsync, query, context) => {
    const { data, nextCursor } = await onsync.conversations.list(query, context);
    return { data, nextCursor };
  },
});
