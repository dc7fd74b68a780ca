import * as z from "zod";
import { MessageText, Metadata, Platform } from "../api/fields.ts";
import { SentMessage } from "../api/message.ts";
import { defineOperation } from "./operation.ts";
import { RecipientAddress } from "./recipient.ts";

export const sendMessage = defineOperation({
  name: "send_message",
  title: "Send Message",
  description:
    "Sends a text to a customer from the shared inbox. On WhatsApp only within 24 hours of the customer's last message: after that send a template.",
  input: z.strictObject({
    platform: Platform,
    to: RecipientAddress,
    content: MessageText,
    metadata: Metadata.optional(),
  }),
  output: SentMessage,
  effect: "sends",
  scope: "write:messages",
  toolsets: ["sending"],
  leftOut: {},
  run: (onsync, { metadata, ...message }, context) =>
    onsync.messages.send({ ...message, messageType: "text", ...(metadata && { metadata }) }, context),
});
