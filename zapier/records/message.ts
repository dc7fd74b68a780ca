/** Messages as a Zap sees them: what was said first, ids and times last. */
import type { Message, SentMessage } from "../../src/api/index.ts";
import { parseConversationId } from "../../src/api/values/conversation-id.ts";
import { titles } from "../from-schemas/fields.ts";
import { type Column, createColumnBuilder, defineRecord, omitKeys, toDateTime } from "./record.ts";

const messageColumn = createColumnBuilder(titles.message);

function createMetadataColumn(key: string, label: string): Column<Message> {
  return {
    key,
    label,
    value: (message) => message.metadata?.[key],
  };
}

function createTemplateColumn(key: "name" | "language", label: string): Column<Message> {
  return {
    key: `template${key === "name" ? "Name" : "Language"}`,
    label,
    value: ({ metadata }) => {
      const reference = metadata?.template;
      return typeof reference === "object" && reference !== null && key in reference
        ? (reference as Record<string, unknown>)[key]
        : null;
    },
  };
}

const messageColumns: readonly Column<Message>[] = [
  messageColumn("content", { label: "Message" }),
  messageColumn("direction"),
  { key: "platform", label: "Platform", value: (message) => message.platform ?? parseAddress(message)?.platform },
  { key: "customerAddress", label: "Customer Address", value: (message) => parseAddress(message)?.address },
  messageColumn("type"),
  messageColumn("status"),
  messageColumn("failureReason"),
  createTemplateColumn("name", "Template"),
  createTemplateColumn("language", "Template Language"),
  createMetadataColumn("source", "Source"),
  createMetadataColumn("clientReference", "Client Reference"),
  createMetadataColumn("platformMessageId", "Platform Message ID"),
  {
    key: "metadata",
    label: "Other Metadata",
    dict: true,
    value: (message) => omitKeys(message.metadata, ["source", "clientReference", "platformMessageId", "template"]),
    sampleValue: {},
  },
  messageColumn("conversationId", { label: "Conversation ID" }),
  messageColumn("id", { label: "Message ID" }),
  messageColumn("createdAt", toDateTime("Created At")),
];
export const messageRecord = defineRecord(messageColumns);

function parseAddress({ conversationId }: Message) {
  return parseConversationId(conversationId ?? "");
}

type SentResult = SentMessage & { alreadySent?: unknown };

const sentColumns: readonly Column<SentResult>[] = [
  ...messageColumns,
  {
    key: "alreadySent",
    label: "Already Sent",
    type: "boolean",
    value: ({ alreadySent }) => alreadySent === true,
  },
  {
    key: "outsideMessagingWindow",
    label: "Outside 24-Hour Window",
    type: "boolean",
    value: ({ templateWindowStatus }) => templateWindowStatus !== undefined && !templateWindowStatus.open,
  },
  {
    key: "messagingWindowExpiredAt",
    label: "24-Hour Window Expired At",
    type: "datetime",
    value: ({ templateWindowStatus }) => templateWindowStatus?.expiredAt,
  },
];

/** The answer to a send: whether it was sent before, whether only a template could be sent, and since when. */
export const sentMessageRecord = defineRecord(sentColumns);

/** The answer to a send that can go on without sending. */
export const windowAwareMessageRecord = defineRecord<SentResult & { notSentReason?: string }>([
  ...sentColumns,
  { key: "sent", label: "Sent", type: "boolean", value: ({ notSentReason }) => notSentReason === undefined },
  { key: "notSentReason", label: "Not Sent Because", value: ({ notSentReason }) => notSentReason },
]);
