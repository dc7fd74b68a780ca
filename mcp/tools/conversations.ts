import type { Message } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import { summarizeRows } from "../answers/rows.ts";
import { calculateWindow, describeWindow, summarizeConversation, summarizeMessage } from "../answers/summaries.ts";
import { defineTool, skipArgument } from "./tool.ts";

const conversationId = "platform:address, such as whatsapp:+971500000000";

export const listConversations = defineTool(operations.list_conversations, {
  words: { limit: "Page size", cursor: "nextCursor of the page before" },
  detail: true,
  withoutExtension:
    "Conversation ids are platform:address, such as whatsapp:+971500000000, and get_contact names those of a contact: read one with list_messages.",
  present: ({ data, nextCursor }, format) => {
    const rows = summarizeRows(data, format, summarizeConversation);
    return {
      data: { data: rows.map((row) => row.data), nextCursor },
      text: [
        rows.length === 0
          ? "No conversation found."
          : `${rows.length} ${rows.length === 1 ? "conversation" : "conversations"}, most recently active first:`,
        ...rows.map(({ line }) => `- ${line}`),
        nextCursor && `More: call again with cursor ${nextCursor}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

export const listMessages = defineTool(operations.list_messages, {
  description: "Returns a conversation's messages, newest first. Long ones are cut, detail full shows them whole.",
  words: { conversationId, limit: "Page size", before: "nextBefore of the page before, or an ISO 8601 time" },
  extra: skipArgument,
  adds: {
    conversationId: { type: "string" },
    window: { type: "object", properties: { open: { type: "boolean" }, expiresAt: { type: "string" } } },
  },
  detail: true,
  fewer: keepNewest,
  present: ({ data, nextBefore }, format, args) => {
    const rows = summarizeRows(data, format, summarizeMessage);
    const id = String(args.conversationId);
    const inbound = data.find((message) => message?.direction === "inbound");
    // Only the newest page knows the customer's last message.
    const window = args.before === undefined ? calculateWindow(id, inbound?.createdAt, format.now) : null;
    return {
      data: {
        conversationId: format.address(id),
        data: rows.map((row) => row.data),
        nextBefore,
        ...(window && { window }),
      },
      text: [
        `${rows.length} ${rows.length === 1 ? "message" : "messages"} of ${format.address(id)}, newest first:`,
        ...rows.map(({ line }) => line),
        describeWindow(window),
        nextBefore && `Older ones: call again with before ${nextBefore}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

/**
 * The newest of the messages, and where to go on: by a time, so that no message of the very same moment may be left behind.
 */
function keepNewest<Answer extends { data: Message[]; nextBefore: string | null }>(
  answer: Answer,
  rows: number,
): Answer | undefined {
  const { data } = answer;
  for (let count = Math.min(rows, data.length - 1); count > 0; count--) {
    const last = data[count - 1]?.createdAt;
    if (last === undefined || Number.isNaN(Date.parse(last))) return undefined;
    if (last !== data[count]?.createdAt) return { ...answer, data: data.slice(0, count), nextBefore: last };
  }
  return undefined;
}
