import * as z from "zod";
import { ConversationId, MessageText, Metadata } from "../api/fields.ts";
import { SentMessage } from "../api/message.ts";
import { defineOperation } from "./operation.ts";
import { findRecipient } from "./recipient.ts";

export const replyToConversation = defineOperation({
  name: "reply_to_conversation",
  title: "Reply to Conversation",
  description:
    "Sends a text to the customer of a conversation, on its own platform. On WhatsApp only within 24 hours of the customer's last message: after that send a template.",
  input: z.strictObject({ conversationId: ConversationId, content: MessageText, metadata: Metadata.optional() }),
  output: SentMessage,
  effect: "sends",
  scope: "write:messages",
  toolsets: ["sending"],
  leftOut: { mcp: "send_message, which takes a conversationId" },
  run: async (onsync, { conversationId, content, metadata }, context) => {
    const { signal, deadlineMs } = context;
    const recipient = await findRecipient(onsync, conversationId, { signal, deadlineMs });
    return onsync.messages.send({ ...recipient, messageType: "text", content, ...(metadata && { metadata }) }, context);
  },
});
