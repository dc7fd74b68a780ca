/** Messages: sent through the shared inbox, received from customers (docs/contract.md, "Messages"). */
import * as z from "zod";
import { TemplateWindowStatus } from "./envelope.ts";
import {
  Address,
  atMost,
  ConversationId,
  limit,
  MessageText,
  Metadata,
  Platform,
  QueryInstant,
  someText,
  Timestamp,
} from "./fields.ts";
import type * as types from "./types/messages.ts";
import { isSendableAddress, whatsappAddressNeeded } from "./values/checks.ts";
import { phonePattern } from "./values/identifiers.ts";

export const messageStatuses = ["queued", "sent", "delivered", "read", "failed"] as const;
export const MessageStatus = z
  .enum(messageStatuses)
  .meta({ title: "Status", description: "queued, sent, delivered, read or failed." });
export type MessageStatus = z.infer<typeof MessageStatus>;

export const directions = ["inbound", "outbound"] as const;
export const Direction = z
  .enum(directions)
  .meta({ title: "Direction", description: "inbound: from the customer. outbound: from the org." });
export type Direction = z.infer<typeof Direction>;

export const TemplateName = someText(512).meta({
  title: "Template",
  description: "Name of an approved WhatsApp template.",
  examples: ["order_follow_up"],
});
export const TemplateLanguage = atMost(
  20,
  z.string().regex(/^[\s\S]{2}/u, { error: "must have at least 2 characters" }),
).meta({ title: "Language", description: "Language of the template.", examples: ["en"] });

/** One part of a template that takes values: `{ type: "body", parameters: [{ type: "text", text }] }`. */
export const TemplateComponent = z.looseObject({
  type: z.string().min(1),
  parameters: z.array(z.looseObject({ type: z.string().min(1), text: z.string().optional() })).optional(),
});
export type TemplateComponent = z.infer<typeof TemplateComponent>;

/** `metadata.template` of a template message. */
export const TemplateReference = z.strictObject({
  name: TemplateName,
  language: TemplateLanguage,
  components: z.array(TemplateComponent).default([]),
});

const to = { to: Address };

export const TextMessageInput = z.strictObject({
  platform: Platform,
  ...to,
  messageType: z.literal("text"),
  content: MessageText,
  metadata: Metadata.optional(),
});

export const TemplateMessageInput = z.strictObject({
  platform: z.literal("whatsapp", { error: "templates are sent on whatsapp only" }),
  ...to,
  messageType: z.literal("template"),
  metadata: z.looseObject({ template: TemplateReference }),
});

/** The body of `POST /messaging/send`. */
export const MessageInput = z
  .discriminatedUnion("messageType", [TextMessageInput, TemplateMessageInput])
  .refine(isSendableAddress, { error: whatsappAddressNeeded, path: ["to"] })
  .meta({
    id: "MessageInput",
    if: { properties: { platform: { const: "whatsapp" } } },
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    then: { properties: { to: { pattern: phonePattern } } },
  });
export type MessageInput = types.MessageInput;

const messageFields = {
  id: z.string().meta({ title: "Message", description: "Id such as msg_01JGDP5CQ0.", examples: ["msg_01JGDP5CQ0"] }),
  conversationId: ConversationId,
  platform: Platform.optional(),
  to: z
    .string()
    .optional()
    .meta({ title: "To", description: "Where an outbound message goes.", examples: ["+971500000000"] }),
  type: z
    .string()
    .meta({ title: "Type", description: "text, template, or another kind the customer sent.", examples: ["text"] }),
  direction: Direction,
  status: MessageStatus.optional(),
  failureReason: z.string().nullish().meta({ title: "Failure Reason", description: "Why a failed message failed." }),
  content: z
    .string()
    .nullish()
    .meta({ title: "Content", description: "The text.", examples: ["Hi, can you confirm my order?"] }),
  metadata: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      title: "Metadata",
      description: "platformMessageId, source, and the sender's own data.",
      examples: [{ platformMessageId: "wamid.HBgMMjU0", source: "whatsapp_unified_system" }],
    }),
  createdAt: Timestamp,
};

/** A message, as answers, history and events carry it. */
export const Message = z.looseObject(messageFields).meta({ id: "Message" });
export type Message = types.Message;

/** The answer of `POST /messaging/send`: the message, and the window where it is closed. */
export const SentMessage = z
  .looseObject({ ...messageFields, templateWindowStatus: TemplateWindowStatus.optional() })
  .meta({ id: "SentMessage" });
export type SentMessage = types.SentMessage;

/** The query of `GET /conversations/{conversationId}/messages`. */
export const HistoryQuery = z.strictObject({
  limit: limit(50),
  before: QueryInstant.optional().meta({
    description: "Only messages created before this instant (exclusive).",
    examples: ["2024-12-01T11:00:00Z"],
  }),
});
