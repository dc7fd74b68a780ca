import type { Contact, Conversation, Message } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import { summarizeRow } from "../answers/rows.ts";
import {
  type Data,
  type Summary,
  summarizeContact,
  summarizeConversation,
  summarizeMessage,
} from "../answers/summaries.ts";
import { defineTool } from "./tool.ts";

/** What the event is about, shown as its own tool shows it. An event of a kind or a shape we do not know is shown as JSON. */
function summarizeSubject(type: string, payload: Data, format: Formatter): Summary {
  if (type.startsWith("message.")) {
    const row = summarizeMessage(payload as Message, format);
    const conversationId = format.address(payload.conversationId);
    return { data: { conversationId, ...row.data }, line: `${conversationId} ${row.line}` };
  }
  if (type.startsWith("conversation.")) return summarizeConversation(payload as Conversation, format);
  if (type.startsWith("contact.")) return summarizeContact(payload as Contact, format);
  return summarizeAsJson(payload, format);
}

function summarizeAsJson(payload: Data, format: Formatter): Summary {
  const data = format.json(payload) as Data;
  return { data, line: JSON.stringify(data) };
}

export const waitForEvents = defineTool(operations.wait_for_events, {
  description:
    "Waits for events after a cursor and returns them, oldest first. Give each answer's cursor to the next call and nothing is skipped. Without one it starts now.",
  words: {
    cursor: "cursor of the answer before",
    types: "Only these",
    limit: "Page size",
    timeoutSeconds: "Longest wait",
  },
  detail: true,
  waits: true,
  present: ({ data, cursor, more, gap }, format) => {
    const rows = data.map((event) => {
      const row = summarizeRow(event.data, format, (payload) => summarizeSubject(event.type, payload, format));
      const type = format.name(String(event.type));
      return {
        data: { id: format.id(event.id), type, createdAt: format.id(event.createdAt), data: row.data },
        line: `- ${format.id(event.createdAt)} ${type}: ${row.line}`,
      };
    });
    return {
      data: { data: rows.map((row) => row.data), cursor, more, gap },
      text: [
        rows.length === 0 ? "No event yet." : `${rows.length} ${rows.length === 1 ? "event" : "events"}, oldest first:`,
        ...rows.map(({ line }) => line),
        gap && "Events before these are no longer kept: read the conversations with list_messages instead.",
        `Next: call again with cursor ${cursor}${more ? " (more are there already)" : ""}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});
