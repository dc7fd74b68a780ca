import * as z from "zod";
import { ConversationId } from "../api/fields.ts";
import type { Message } from "../api/index.ts";
import { isErrorNamed } from "../client/errors/guards.ts";
import { defineOperation } from "./operation.ts";

/** Each page is a request of the org's hourly budget. */
const pageSize = 100;
const maxPages = 3;

/** Three pages have a little more: each but the first repeats the last message of the one before, so that none is missed. */
const maxMessages = 250;

const TranscriptLine = z.looseObject({
  at: z.string(),
  from: z.enum(["customer", "team"]),
  text: z.string(),
  type: z.string(),
  status: z.string().nullable(),
  id: z.string(),
});
export type TranscriptLine = z.output<typeof TranscriptLine>;

/** What there is to read of a message: what it says, and in brackets what it is and that it did not arrive. */
function describeMessage({ type, content, status, failureReason }: Message): string {
  return [
    type === "text" || (type === "template" && content) ? null : `(${type})`,
    content,
    status === "failed" ? `(not delivered${failureReason ? `: ${failureReason}` : ""})` : null,
  ]
    .filter(Boolean)
    .join(" ");
}

function toLine(message: Message): TranscriptLine {
  return {
    at: message.createdAt,
    from: message.direction === "inbound" ? "customer" : "team",
    text: describeMessage(message),
    type: message.type,
    status: message.status ?? null,
    id: message.id,
  };
}

/** Lines of a message but the first are moved in: what a customer writes cannot look like a line of somebody else. */
function formatLine({ at, from, text }: TranscriptLine): string {
  const time = Number.isNaN(Date.parse(at)) ? at : `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `[${time}] ${from === "customer" ? "Customer" : "Team"}: ${text.replaceAll(/\r\n?|[\n\u2028\u2029]/g, "\n  ")}`;
}

export const getTranscript = defineOperation({
  name: "get_transcript",
  title: "Conversation Transcript",
  description:
    "Returns the latest messages of a conversation as one text, oldest first: who wrote what, and when. None found is an empty text.",
  input: z.strictObject({
    conversationId: ConversationId,
    limit: z
      .int()
      .min(1)
      .max(maxMessages)
      .default(pageSize)
      .meta({
        title: "Number of Messages",
        description: `The latest messages at most, 1 to ${maxMessages}; each hundred is a request.`,
        examples: [pageSize],
      }),
  }),
  output: z.looseObject({
    conversationId: ConversationId,
    text: z.string().meta({ description: "A line a message: [time] Customer or Team: what was written." }),
    messages: z.array(TranscriptLine),
    complete: z.boolean().meta({ description: "Whether the conversation begins with the first of these messages." }),
  }),
  effect: "reads",
  scope: "read:messages",
  toolsets: ["conversations"],
  leftOut: { mcp: "list_messages, which a model reads as well" },
  run: async (onsync, { conversationId, limit }, context) => {
    const messages: Message[] = [];
    let complete = true;
    let pages = 0;
    try {
      const walk = onsync.messages.iteratePages(conversationId, { pageSize: Math.min(limit, pageSize) }, context);
      for await (const page of walk) {
        messages.push(...page.messages);
        complete = page.isLast && messages.length <= limit;
        if (messages.length >= limit || ++pages === maxPages) break;
      }
    } catch (error) {
      // No conversation, no messages. A 404 that is not OnSync's own says something else: that the address is wrong.
      if (!isErrorNamed(error, "NotFoundError") || error.code !== "not_found") throw error;
    }
    const lines = messages.slice(0, limit).reverse().map(toLine);
    return { conversationId, text: lines.map(formatLine).join("\n"), messages: lines, complete };
  },
});
