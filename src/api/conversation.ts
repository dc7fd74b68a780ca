/** Conversations: the thread with one address on one platform. */
import * as z from "zod";
import { ConversationId, Cursor, limit, Platform, Timestamp } from "./fields.ts";

export const conversationStatuses = ["open", "assigned", "resolved"] as const;
export const ConversationStatus = z
  .enum(conversationStatuses)
  .meta({ title: "Status", description: "open, assigned or resolved." });
export type ConversationStatus = z.infer<typeof ConversationStatus>;

/** The teammate a conversation is assigned to. */
export const Assignee = z.looseObject({ id: z.string(), name: z.string(), email: z.string().nullish() }).meta({
  id: "Assignee",
  title: "Assignee",
  examples: [{ id: "user_01JGDM2Q8R", name: "Omar Nasser", email: "omar@example.com" }],
});
export type Assignee = z.infer<typeof Assignee>;

export const Conversation = z
  .looseObject({
    id: ConversationId,
    platform: Platform,
    contactId: z
      .string()
      .meta({ title: "Contact", description: "The contact's id.", examples: ["contact_01JGDNWSW9"] }),
    status: ConversationStatus,
    assignee: Assignee.nullish(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    resolvedAt: Timestamp.nullish(),
    lastMessageAt: Timestamp.nullish(),
    lastInboundAt: Timestamp.nullish(),
  })
  .meta({ id: "Conversation" });
export type Conversation = z.infer<typeof Conversation>;

/** The query of `GET /conversations`. */
export const ConversationsQuery = z.strictObject({
  status: ConversationStatus.optional(),
  platform: Platform.optional(),
  limit: limit(50),
  cursor: Cursor.optional(),
});
