/** A conversation's messaging window: whether a text may be sent now, and how long. */
import type * as z from "zod";
import { calculateWindowEnd } from "../../src/api/messaging-window.ts";
import { samples } from "../../src/api/samples/index.ts";
import { parseConversationId } from "../../src/api/values/conversation-id.ts";
import type { operations } from "../../src/operations/index.ts";
import { defineRecord, toDateTime } from "./record.ts";

type MessagingWindow = z.output<(typeof operations)["check_messaging_window"]["output"]>;

export const messagingWindowRecord = defineRecord<MessagingWindow>([
  { key: "open", label: "Is Open", type: "boolean", value: ({ open }) => open },
  { key: "requiresTemplate", label: "Requires Template", type: "boolean", value: (window) => window.requiresTemplate },
  { key: "lastInboundAt", ...toDateTime("Last Customer Message At"), value: ({ lastInboundAt }) => lastInboundAt },
  { key: "expiresAt", ...toDateTime("Closes At"), value: ({ expiresAt }) => expiresAt },
  { key: "secondsLeft", label: "Seconds Left", type: "integer", value: ({ secondsLeft }) => secondsLeft },
  { key: "checkedAt", ...toDateTime("Checked At"), value: ({ checkedAt }) => checkedAt },
  { key: "platform", label: "Platform", value: ({ conversationId }) => parseConversationId(conversationId)?.platform },
  {
    key: "customerAddress",
    label: "Customer Address",
    value: ({ conversationId }) => parseConversationId(conversationId)?.address,
  },
  { key: "id", label: "Conversation ID", value: ({ conversationId }) => conversationId },
]);

const { conversationId, createdAt } = samples.inboundMessage;
const checkedAt = samples.sentMessage.createdAt;
const expires = calculateWindowEnd(Date.parse(createdAt));

export const messagingWindowSample: MessagingWindow = {
  conversationId,
  open: true,
  requiresTemplate: false,
  lastInboundAt: createdAt,
  expiresAt: new Date(expires).toISOString(),
  secondsLeft: (expires - Date.parse(checkedAt)) / 1000,
  checkedAt,
  exists: true,
  tagsChecked: false,
  reasons: [],
};
