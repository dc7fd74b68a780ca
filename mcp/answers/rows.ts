/** Lists, record by record: one that is not what the API promises is shown as it came, and hides none of the others. */
import { AnswerTooLongError, type Formatter } from "./formatter.ts";
import type { Data, Summary } from "./summaries.ts";

/** A record by its own summary, or as JSON where it has not the shape for it. */
export function summarizeRow<Item>(
  item: Item,
  format: Formatter,
  summarize: (item: Item, format: Formatter) => Summary,
): Summary {
  try {
    return summarize(item, format);
  } catch (error) {
    if (error instanceof AnswerTooLongError) throw error;
    const shown = format.json(item);
    const data = typeof shown === "object" && shown !== null && !Array.isArray(shown) ? (shown as Data) : {};
    return { data, line: `(a record of another shape) ${JSON.stringify(shown ?? null)}` };
  }
}

export function summarizeRows<Item>(
  items: readonly Item[],
  format: Formatter,
  summarize: (item: Item, format: Formatter) => Summary,
): Summary[] {
  return items.map((item) => summarizeRow(item, format, summarize));
}
