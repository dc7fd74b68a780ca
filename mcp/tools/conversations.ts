import { operations } from "../../src/operations/index.ts";
import { keepNewest } from "../answers/keep-newest.ts";
import { formatMessageLines } from "../answers/message-lines.ts";
import { summarizeRows } from "../answers/rows.ts";
import { summarizeConversation, summarizeMessage } from "../answers/summaries.ts";
import { calculateWindow, describeWindow } from "../answers/window.ts";
import { defineTool, skipArgument } from "./tool.ts";

const conversationId = "platform:address, such as whatsapp:+971500000000";

/** How a list is in order, where that is not by activity. */
const orders: Record<string, string> = {
  longest_waiting: "who waits longest first",
  window_closing: "whose WhatsApp window closes soonest first",
};

export const listConversations = defineTool(operations.list_conversations, {
  description: "Lists conversations with name and last message, most recently active first unless sort says otherwise.",
  words: {
    unanswered: "The customer wrote last",
    windowClosesWithin: "Hours",
    assignee: "Name, email, id or none",
    limit: "Page size, 20 unless given",
    cursor: "nextCursor of the page before",
  },
  detail: true,
  roomFor: 20,
  withoutExtension:
    "Conversation ids are platform:address, such as whatsapp:+971500000000, and get_contact names those of a contact: read one with list_messages.",
  present: ({ data, nextCursor, complete }, format, args) => {
    const rows = summarizeRows(data, format, summarizeConversation);
    return {
      data: { data: rows.map((row) => row.data), nextCursor, ...(!complete && { complete }) },
      text: [
        rows.length === 0
          ? "No conversation found."
          : `${rows.length} ${rows.length === 1 ? "conversation" : "conversations"}, ${orders[String(args.sort)] ?? "most recently active first"}:`,
        ...rows.map(({ line }) => `- ${line}`),
        !complete && "The 500 most recently active were looked through, and there are more.",
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
  fewer: (answer, rows) => {
    const kept = keepNewest(answer.data, rows);
    return kept && { ...answer, data: kept.data, nextBefore: kept.goOnFrom };
  },
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
        ...formatMessageLines(data, rows, format),
        describeWindow(window),
        nextBefore && `Older ones: call again with before ${nextBefore}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});
