import type { Message } from "../../src/api/index.ts";
import { operations } from "../../src/operations/index.ts";
import type { Formatter } from "../answers/formatter.ts";
import { keepNewest } from "../answers/keep-newest.ts";
import { summarizeRows } from "../answers/rows.ts";
import { type Summary, summarizeMessage } from "../answers/summaries.ts";
import { defineTool } from "./tool.ts";

/** Of several conversations each message says whose it is. */
function summarizeOfSeveral(message: Message, format: Formatter): Summary {
  const { data, line } = summarizeMessage(message, format);
  const conversationId = format.address(message.conversationId);
  return { data: { conversationId, ...data }, line: `${conversationId} ${line}` };
}

export const findMessages = defineTool(operations.find_messages, {
  description:
    "Finds messages by words, direction, time, delivery status or id, newest first, in one conversation or in many. A sent message's status: give its messageId.",
  words: {
    conversationId: "platform:address",
    conversationIds: "In place of it, up to 30: their last 100 messages, a request each",
    contains: "Words, in any case",
    messageId: "",
    after: "ISO 8601 time",
    before: "ISO 8601 time",
    limit: "",
  },
  fewer: (answer, rows) => {
    const { data } = answer;
    const of = new Set(data.map((message) => message?.conversationId));
    // Of several conversations no time goes on behind the last: what is left out is asked for by itself.
    if (of.size > 1) return { ...answer, data: data.slice(0, rows), complete: false };
    const kept = keepNewest(data, rows);
    return kept && { ...answer, data: kept.data, complete: false, readBackTo: kept.goOnFrom };
  },
  present: ({ data, complete, readBackTo }, format, args) => {
    const isOne = args.conversationId !== undefined;
    const rows = summarizeRows(data, format, isOne ? summarizeMessage : summarizeOfSeveral);
    return {
      data: { data: rows.map((row) => row.data), complete, readBackTo },
      text: [
        rows.length === 0
          ? "No message found."
          : `${rows.length} ${rows.length === 1 ? "message" : "messages"}${isOne ? "" : ", by conversation"}, newest first:`,
        ...rows.map(({ line }) => line),
        !complete && readBackTo && `Not read to the beginning. Further back: call again with before ${readBackTo}`,
        !complete && !isOne && "There may be more: ask for fewer conversations, or for one by itself.",
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});
