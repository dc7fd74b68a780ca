/** One sample of each object of the inbox, and of what sends and changes them. */
import type { Contact, ContactInput, ContactWithActivity } from "../contact.ts";
import type { Conversation } from "../conversation.ts";
import type { Message, MessageInput, SentMessage } from "../message.ts";

const orgId = "org_123";
const address = "+971500000000";
const conversationId = `whatsapp:${address}`;

const contactInput = {
  firstName: "Sara",
  lastName: "Hussein",
  phone: address,
  email: "sara@example.com",
  tags: ["lead", "expo"],
  channel: "instagram",
  properties: { source: "Expo booth", language: "en", externalId: "crm_8740" },
} satisfies ContactInput;

const contact = {
  id: "contact_01JGDNWSW9",
  ...contactInput,
  orgId,
  createdAt: "2024-12-01T10:00:00.000Z",
  updatedAt: "2024-12-01T10:00:00.000Z",
} satisfies Contact;

const inboundMessage = {
  id: "msg_01JGDP5CQ0",
  conversationId,
  platform: "whatsapp",
  type: "text",
  direction: "inbound",
  content: "Hi, can you confirm my order?",
  metadata: { platformMessageId: "wamid.HBgMMjU0", source: "whatsapp_unified_system" },
  createdAt: "2024-12-01T10:59:10.000Z",
} satisfies Message;

const textInput = {
  platform: "whatsapp",
  to: address,
  messageType: "text",
  content: "Welcome to OnSync. Reply STOP to unsubscribe.",
  metadata: { source: "api", campaign: "expo-follow-up" },
} satisfies MessageInput;

const templateInput = {
  platform: "whatsapp",
  to: address,
  messageType: "template",
  metadata: {
    template: {
      name: "order_follow_up",
      language: "en",
      components: [{ type: "body", parameters: [{ type: "text", text: "Sara" }] }],
    },
  },
} satisfies MessageInput;

const sentMessage = {
  id: "msg_01JGDP8T4K",
  conversationId,
  platform: "whatsapp",
  to: address,
  type: "text",
  direction: "outbound",
  status: "queued",
  content: textInput.content,
  metadata: { ...textInput.metadata, clientReference: "9f0c6a1e-5c1d-4b7e-9a55-2f3d8f1c7b60" },
  createdAt: "2024-12-01T11:00:00.000Z",
} satisfies SentMessage;

const sentTemplate = {
  ...sentMessage,
  id: "msg_01JGDPB9YZ",
  type: "template",
  content: "Hi Sara, your order is on its way.",
  metadata: templateInput.metadata,
  templateWindowStatus: {
    open: false,
    lastInboundAt: "2024-11-29T10:00:00.000Z",
    expiredAt: "2024-11-30T10:00:00.000Z",
    requiresTemplate: true,
  },
} satisfies SentMessage;

const assignedConversation = {
  id: conversationId,
  platform: "whatsapp",
  contactId: contact.id,
  status: "assigned",
  assignee: { id: "user_01JGDM2Q8R", name: "Omar Nasser", email: "omar@example.com" },
  createdAt: "2024-12-01T10:00:00.000Z",
  updatedAt: "2024-12-01T11:00:00.000Z",
} satisfies Conversation;

export const inboxSamples = {
  contactInput,
  contact,
  updatedContact: { ...contact, tags: ["customer", "expo"], updatedAt: "2024-12-02T09:30:00.000Z" } satisfies Contact,
  contactWithActivity: {
    ...contact,
    activity: {
      lastMessageAt: "2024-12-01T11:00:00.000Z",
      lastInboundAt: "2024-12-01T10:59:10.000Z",
      lastOutboundAt: "2024-12-01T11:00:00.000Z",
      messageCount: 2,
      conversationIds: [conversationId],
    },
  } satisfies ContactWithActivity,
  textInput,
  templateInput,
  sentMessage,
  sentTemplate,
  inboundMessage,
  deliveredMessage: { ...sentMessage, status: "delivered" } satisfies Message,
  assignedConversation,
  resolvedConversation: {
    ...assignedConversation,
    status: "resolved",
    updatedAt: "2024-12-01T12:00:00.000Z",
    resolvedAt: "2024-12-01T12:00:00.000Z",
  } satisfies Conversation,
};
