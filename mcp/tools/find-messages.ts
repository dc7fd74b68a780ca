import { operations } from "../../src/operations/index.ts";
import { summarizeRows } from "../answers/rows.ts";
import { summarizeMessage } from "../answers/summaries.ts";
import { defineTool } from "./tool.ts";

export const findMessages = defineTool(operations.find_messages, {
  description:
    "Finds messages of one conversation by words, direction, time, delivery status or id, newest first. A sent message's status: give its messageId.",
  words: {
    conversationId: "platform:address",
    contains: "Words, in any case",
    messageId: "",
    after: "ISO 8601 time",
    before: "ISO 8601 time",
    limit: "",
  },
  present: ({ data, complete, readBackTo }, format) => {
    const rows = summarizeRows(data, format, summarizeMessage);
    return {
      data: { data: rows.map((row) => row.data), complete, readBackTo },
      text: [
        rows.length === 0
          ? "No message found."
          : `${rows.length} ${rows.length === 1 ? "message" : "messages"}, newest first:`,
        ...rows.map(({ line }) => line),
        !complete && readBackTo && `Not read to the beginning. Further back: call again with before ${readBackTo}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});
