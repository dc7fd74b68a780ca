/** Pages of lists that the API answers whole. */
import type { Formatter } from "../answers/formatter.ts";
import { summarizeRows } from "../answers/rows.ts";
import type { Data, Summary } from "../answers/summaries.ts";
import type { JsonSchema } from "./schema.ts";
import type { Presented } from "./tool.ts";

export const pageArguments: JsonSchema = { cursor: { type: "string", description: "nextCursor of the page before" } };

/** What a page adds to the list. */
export const pageFields: JsonSchema = {
  nextCursor: { type: "string" },
  total: { type: "integer" },
};

export function presentPage<Item>(
  items: readonly Item[],
  args: Data,
  noun: string,
  format: Formatter,
  summarize: (item: Item, format: Formatter) => Summary,
): Presented {
  const pageSize = format.maxRows;
  const from = /^\d{1,6}$/.test(String(args.cursor)) ? Number(args.cursor) : 0;
  const rows = summarizeRows(items.slice(from, from + pageSize), format, summarize);
  const nextCursor = from + pageSize < items.length ? String(from + pageSize) : null;
  return {
    data: { data: rows.map(({ data }) => data), nextCursor, total: items.length },
    text: [
      items.length === 0
        ? `No ${noun} there.`
        : `${rows.length} of ${items.length} ${items.length === 1 ? noun : `${noun}s`}:`,
      ...rows.map(({ line }) => `- ${line}`),
      nextCursor && `More: call again with cursor ${nextCursor}`,
    ]
      .filter(Boolean)
      .join("\n"),
  };
}
