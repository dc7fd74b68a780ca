/** Conversations as a Zap sees them: with whom first, ids last. */
import type * as z from "zod";
import type { Conversation } from "../../src/api/index.ts";
import { samples } from "../../src/api/samples/index.ts";
import { parseConversationId } from "../../src/api/values/conversation-id.ts";
import type { operations } from "../../src/operations/index.ts";
import { titles } from "../from-schemas/fields.ts";
import { type Column, createColumnBuilder, defineRecord, toDateTime } from "./record.ts";

const conversationColumn = createColumnBuilder(titles.conversation);

function createAssigneeColumn(key: "name" | "email" | "id", label: string): Column<Conversation> {
  return {
    key: `assignee${key[0]?.toUpperCase()}${key.slice(1)}`,
    label,
    value: (conversation) => conversation.assignee?.[key],
  };
}

const conversationColumns: readonly Column<Conversation>[] = [
  conversationColumn("platform"),
  {
    key: "customerAddress",
    label: "Customer Address",
    value: ({ id }) => parseConversationId(id)?.address,
  },
  conversationColumn("status"),
  createAssigneeColumn("name", "Assignee Name"),
  createAssigneeColumn("email", "Assignee Email"),
  createAssigneeColumn("id", "Assignee ID"),
  conversationColumn("contactId", { label: "Contact ID" }),
  conversationColumn("id", { label: "Conversation ID" }),
];

/** As the events carry it. */
export const conversationRecord = defineRecord<Conversation>([
  ...conversationColumns,
  conversationColumn("createdAt", toDateTime("Created At")),
  conversationColumn("updatedAt", toDateTime("Updated At")),
  conversationColumn("resolvedAt", toDateTime("Resolved At")),
]);

type FoundConversation = z.output<(typeof operations)["find_conversation"]["output"]>["data"][number];

/** As the search finds it: what the API does not tell is null. */
export const foundConversationRecord = defineRecord<FoundConversation>([
  { key: "platform", label: "Platform", value: ({ platform }) => platform },
  { key: "customerAddress", label: "Customer Address", value: ({ address }) => address },
  { key: "status", label: "Status", value: ({ status }) => status },
  { key: "assigneeName", label: "Assignee Name", value: ({ assignee }) => assignee?.name },
  { key: "assigneeEmail", label: "Assignee Email", value: ({ assignee }) => assignee?.email },
  { key: "assigneeId", label: "Assignee ID", value: ({ assignee }) => assignee?.id },
  { key: "lastMessage", label: "Last Message", value: ({ lastMessage }) => lastMessage },
  { key: "lastMessageAt", ...toDateTime("Last Message At"), value: ({ lastMessageAt }) => lastMessageAt },
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
