/** A conversation as one text, and its messages as line items. */
import type * as z from "zod";
import { samples } from "../../src/api/samples/index.ts";
import type { operations } from "../../src/operations/index.ts";
import { defineRecord, toDateTime } from "./record.ts";

type Transcript = z.output<(typeof operations)["get_transcript"]["output"]>;

export const transcriptRecord = defineRecord<Transcript>([
  { key: "text", label: "Transcript", value: ({ text }) => text },
  { key: "count", label: "Number of Messages", type: "integer", value: ({ messages }) => messages.length },
  { key: "complete", label: "Is Whole Conversation", type: "boolean", value: ({ complete }) => complete },
  { key: "firstMessageAt", ...toDateTime("First Message At"), value: ({ messages }) => messages[0]?.at },
  { key: "lastMessageAt", ...toDateTime("Last Message At"), value: ({ messages }) => messages.at(-1)?.at },
  { key: "lastMessageFrom", label: "Last Message From", value: ({ messages }) => messages.at(-1)?.from },
  {
    key: "messages",
    label: "Messages",
    value: ({ messages }) =>
      messages.map(({ at, from, text, type, status, id }) => ({ at, from, text, type, status, id })),
    children: [
      { key: "at", ...toDateTime("Written At") },
      { key: "from", label: "From" },
      { key: "text", label: "Text" },
      { key: "type", label: "Type" },
      { key: "status", label: "Status" },
      { key: "id", label: "Message ID" },
    ],
  },
  { key: "id", label: "Conversation ID", value: ({ conversationId }) => conversationId },
]);

const { inboundMessage, sentMessage } = samples;

export const transcriptSample: Transcript = {
  conversationId: inboundMessage.conversationId,
  text: `[2024-12-01 10:59 UTC] Customer: ${inboundMessage.content}\n[2024-12-01 11:00 UTC] Team: ${sentMessage.content}`,
  messages: [
    {
      at: inboundMessage.createdAt,
      from: "customer",
      text: inboundMessage.content,
      type: inboundMessage.type,
      status: null,
      id: inboundMessage.id,
    },
    {
      at: sentMessage.createdAt,
      from: "team",
      text: sentMessage.content,
      type: sentMessage.type,
      status: sentMessage.status,
      id: sentMessage.id,
    },
  ],
  complete: true,
};
