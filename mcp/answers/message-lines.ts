/**
 * The lines of a long page of messages: what a customer wrote in a row, nobody else between, is one fence of many lines.
 * Each fence and time of its own would cost a model more than the words.
 */
import type { Message } from "../../src/api/index.ts";
import type { Formatter } from "./formatter.ts";
import type { Summary } from "./summaries.ts";

/** A text of the customer's that is shown whole: what is cut has a mark beside it, which stands in no fence. */
function canJoin(message: Message, format: Formatter): boolean {
  const { direction, type, content } = message ?? {};
  return direction !== "outbound" && type === "text" && typeof content === "string" && format.isWhole(content);
}

function formatRun(run: readonly Message[], { line }: Summary, format: Formatter): string {
  const [newest, oldest] = [run[0], run.at(-1)];
  if (run.length === 1 || !newest || !oldest) return line;
  const texts = run.map(({ content }) => content ?? "");
  return `${format.id(newest.createdAt)} back to ${format.id(oldest.createdAt)} inbound, ${run.length} messages, a line each: ${format.customerLines(texts)}`;
}

/** @param rows the same messages, each by itself */
export function formatMessageLines(
  messages: readonly Message[],
  rows: readonly Summary[],
  format: Formatter,
): string[] {
  if (!format.dense) return rows.map(({ line }) => line);
  const lines: string[] = [];
  for (let index = 0; index < messages.length; ) {
    const others = messages.slice(index).findIndex((message) => !canJoin(message, format));
    const length = Math.max(others < 0 ? messages.length - index : others, 1);
    lines.push(formatRun(messages.slice(index, index + length), rows[index] as Summary, format));
    index += length;
  }
  return lines;
}
