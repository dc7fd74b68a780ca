import { parseConversationId } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import { conversationRow, messageRow, windowOf, windowText } from "../answers/rows.ts";
import { defineTool } from "./tool.ts";

const conversationId = "platform:address, such as whatsapp:+971500000000";

export const listConversations = defineTool(operations.list_conversations, {
  words: { limit: "Page size", cursor: "nextCursor of the page before" },
  detail: true,
  withoutExtension:
    "Conversation ids are platform:address, such as whatsapp:+971500000000, and get_contact names those of a contact: read one with list_messages.",
  present: ({ data, nextCursor }, view) => {
    const rows = data.map((conversation) => conversationRow(conversation, view));
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
  adds: {
    conversationId: { type: "string" },
    window: { type: "object", properties: { open: { type: "boolean" }, expiresAt: { type: "string" } } },
  },
  detail: true,
  present: ({ data, nextBefore }, view, args) => {
    const rows = data.map((message) => messageRow(message, view));
    const id = String(args.conversationId);
    const inbound = data.find(({ direction }) => direction === "inbound");
    // Only the newest page knows the customer's last message.
    const window = args.before === undefined ? windowOf(id, inbound?.createdAt, view.now) : null;
    return {
      data: { conversationId: view.id(id), data: rows.map((row) => row.data), nextBefore, ...(window && { window }) },
      text: [
        `${rows.length} ${rows.length === 1 ? "message" : "messages"} of ${view.id(id)}, newest first:`,
        ...rows.map(({ line }) => line),
        windowText(window),
        nextBefore && `Older ones: call again with before ${nextBefore}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
}

export const checkMessagingWindow = defineTool(operations.check_messaging_window, {
  description:
    "Tells whether a text may be sent now or only a template, and until when. WhatsApp takes texts for 24 hours after the customer's last message.",
  words: { conversationId },
  present: (answer, view) => {
    const id = view.id(answer.conversationId);
    const last = answer.lastInboundAt ? ` The customer last wrote ${view.id(answer.lastInboundAt)}.` : "";
    const whatsapp = parseConversationId(answer.conversationId)?.platform === "whatsapp";
    return {
      data: { ...answer, conversationId: id },
      text: !whatsapp
        ? `${id}: a text may be sent at any time. Only WhatsApp has a window.${last}`
        : answer.open
          ? `${id}: the WhatsApp window is open. A text may be sent until ${answer.expiresAt} (${duration(answer.secondsLeft ?? 0)} left).${last}`
          : `${id}: the WhatsApp window is closed${answer.expiresAt ? ` since ${answer.expiresAt}` : ": the customer has not written within 24 hours"}. Only a template can be sent. Next: list_templates, then send_template.${last}`,
    };
  },
});
