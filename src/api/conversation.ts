/** Conversations: the thread with one address on one platform. */
import * as z from "zod";
import { ConversationId, Cursor, limit, Platform, Timestamp } from "./fields.ts";
import { Direction, MessageStatus } from "./message.ts";
import type * as types from "./types/conversations.ts";

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
export type Assignee = types.Assignee;

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
export type Conversation = types.Conversation;

/** A conversation as `GET /conversations` lists it. A list without the two fields is completed by the operation that reads it. */
export const ListedConversation = z
  .looseObject({
    ...Conversation.shape,
    contactName: z.string().nullish().meta({ title: "Name", description: "First and last name of the contact." }),
    lastMessage: z
      .looseObject({
        id: z.string(),
        direction: Direction,
        type: z.string(),
        content: z.string().nullish(),
        status: MessageStatus.optional(),
        createdAt: Timestamp,
      })
      .nullish()
      .meta({ title: "Last Message" }),
  })
  .meta({ id: "ListedConversation" });
export type ListedConversation = types.ListedConversation;

/** The query of `GET /conversations`. */
export const ConversationsQuery = z.strictObject({
  status: ConversationStatus.optional(),
  platform: Platform.optional(),
  limit: limit(50),
  cursor: Cursor.optional(),
});
