/** Contacts, messages and conversations as a Zap sees them: human names first, ids and times last. */
import type * as z from "zod";
import {
  Contact,
  Conversation,
  type Message,
  Message as MessageSchema,
  parseConversationId,
  type SentMessage,
  samples,
} from "../../src/api/index.ts";
import type { operations } from "../../src/operations/index.ts";
import { type Column, columnsOf, dateTime, othersOf, record } from "./record.ts";

const ofContact = columnsOf(Contact);

function property(key: string, label: string): Column<Contact> {
  return {
    key,
    label,
    value: ({ properties }) => properties?.[key],
  };
}

export const contactColumns: readonly Column<Contact>[] = [
  {
    key: "name",
    label: "Full Name",
    value: ({ firstName, lastName }) => [firstName, lastName].filter(Boolean).join(" ") || null,
  },
  ofContact("firstName"),
  ofContact("lastName"),
  ofContact("phone"),
  ofContact("email"),
  ofContact("tags", { list: true }),
  ofContact("channel"),
  property("externalId", "External Reference"),
  property("source", "Source"),
  property("language", "Language"),
  {
    key: "properties",
    label: "Other Properties",
    dict: true,
    value: ({ properties }) => othersOf(properties, ["externalId", "source", "language"]),
    inSample: {},
  },
  ofContact("id", { label: "Contact ID" }),
  ofContact("orgId", { label: "Organization ID" }),
  ofContact("createdAt", dateTime("Created At")),
  ofContact("updatedAt", dateTime("Updated At")),
];
export const contactRecord = record(contactColumns);

/** The answer to saving a contact. */
export const savedContactRecord = record<z.output<(typeof operations)["save_contact"]["output"]>>([
  ...contactColumns,
  { key: "created", label: "Was Created", type: "boolean", value: ({ created }) => created },
]);

/** The answer to changing a contact's tags. */
export const taggedContactRecord = record<z.output<(typeof operations)["add_tags"]["output"]>>([
  ...contactColumns,
  { key: "changedTags", label: "Changed Tags", list: true, value: ({ changedTags }) => changedTags },
  { key: "warning", label: "Warning", value: ({ warning }) => warning },
]);

const ofMessage = columnsOf(MessageSchema);

function metadata(key: string, label: string): Column<Message> {
  return {
    key,
    label,
    value: (message) => message.metadata?.[key],
  };
}

function template(key: "name" | "language", label: string): Column<Message> {
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

export const messageColumns: readonly Column<Message>[] = [
  ofMessage("content", { label: "Message" }),
  ofMessage("direction"),
  { key: "platform", label: "Platform", value: (message) => message.platform ?? addressOf(message)?.platform },
  { key: "customerAddress", label: "Customer Address", value: (message) => addressOf(message)?.address },
  ofMessage("type"),
  ofMessage("status"),
  ofMessage("failureReason"),
  template("name", "Template"),
  template("language", "Template Language"),
  metadata("source", "Source"),
  metadata("clientReference", "Client Reference"),
  metadata("platformMessageId", "Platform Message ID"),
  {
    key: "metadata",
    label: "Other Metadata",
    dict: true,
    value: (message) => othersOf(message.metadata, ["source", "clientReference", "platformMessageId", "template"]),
    inSample: {},
  },
  ofMessage("conversationId", { label: "Conversation ID" }),
  ofMessage("id", { label: "Message ID" }),
  ofMessage("createdAt", dateTime("Created At")),
];
export const messageRecord = record(messageColumns);

function addressOf({ conversationId }: Message) {
  return parseConversationId(conversationId ?? "");
}

/** The answer to a send: whether only a template could be sent, and since when. */
export const sentMessageRecord = record<SentMessage>([
  ...messageColumns,
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
]);

const ofConversation = columnsOf(Conversation);

function assignee(key: "name" | "email" | "id", label: string): Column<Conversation> {
  return {
    key: `assignee${key[0]?.toUpperCase()}${key.slice(1)}`,
    label,
    value: (conversation) => conversation.assignee?.[key],
  };
}

export const conversationColumns: readonly Column<Conversation>[] = [
  ofConversation("platform"),
  {
    key: "customerAddress",
    label: "Customer Address",
    value: ({ id }) => parseConversationId(id)?.address,
  },
  ofConversation("status"),
  assignee("name", "Assignee Name"),
  assignee("email", "Assignee Email"),
  assignee("id", "Assignee ID"),
  ofConversation("contactId", { label: "Contact ID" }),
  ofConversation("id", { label: "Conversation ID" }),
];

/** As the events carry it. */
export const conversationRecord = record<Conversation>([
  ...conversationColumns,
  ofConversation("createdAt", dateTime("Created At")),
  ofConversation("updatedAt", dateTime("Updated At")),
  ofConversation("resolvedAt", dateTime("Resolved At")),
]);

type FoundConversation = z.output<(typeof operations)["find_conversation"]["output"]>["data"][number];

/** As the search finds it: what the API does not tell is null. */
export const foundConversationRecord = record<FoundConversation>([
  { key: "platform", label: "Platform", value: ({ platform }) => platform },
  { key: "customerAddress", label: "Customer Address", value: ({ address }) => address },
  { key: "status", label: "Status", value: ({ status }) => status },
  { key: "assigneeName", label: "Assignee Name", value: ({ assignee }) => assignee?.name },
  { key: "assigneeEmail", label: "Assignee Email", value: ({ assignee }) => assignee?.email },
  { key: "assigneeId", label: "Assignee ID", value: ({ assignee }) => assignee?.id },
  { key: "lastMessage", label: "Last Message", value: ({ lastMessage }) => lastMessage },
  { key: "lastMessageAt", ...dateTime("Last Message At"), value: ({ lastMessageAt }) => lastMessageAt },
  { key: "contactId", label: "Contact ID", value: ({ contactId }) => contactId },
  { key: "id", label: "Conversation ID", value: ({ id }) => id },
]);
export const foundConversationSample: FoundConversation = {
  id: samples.assignedConversation.id,
  platform: samples.assignedConversation.platform,
  address: samples.sentMessage.to,
  contactId: samples.assignedConversation.contactId,
  status: samples.assignedConversation.status,
  assignee: samples.assignedConversation.assignee,
  lastMessageAt: samples.inboundMessage.createdAt,
  lastMessage: samples.inboundMessage.content,
};
