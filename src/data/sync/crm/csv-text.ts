/** Cells changed within the text of a CSV: every character of it that is not theirs stays as it was. */
import { escapeFormula } from "../../rows/formula.ts";
import { type Cell, FileError } from "../../rows/row.ts";
import type { Cells } from "./crm.ts";

type Span = { start: number; end: number };

/** What the first line may say for Excel. */
const separatorLine = /^\ufeff?sep=.\r?\n/i;

/**
 * Where the cells of each record stand, the line of names first; empty lines are passed over as they are where the file is read.
 */
function* findRecords(text: string, delimiter: string): Generator<Span[]> {
  let at = separatorLine.exec(text)?.[0].length ?? (text.startsWith("\ufeff") ? 1 : 0);
  while (at < text.length) {
    const cells: Span[] = [];
    for (;;) {
      const end = findCellEnd(text, at, delimiter);
      cells.push({ start: at, end });
      at = end + 1;
      if (text[end] !== delimiter) break;
    }
    if (text[at - 1] === "\r" && text[at] === "\n") at += 1;
    if (cells.some(({ start, end }) => text.slice(start, end).trim() !== "")) yield cells;
  }
}

function findCellEnd(text: string, start: number, delimiter: string): number {
  let at = start;
  if (text[at] === '"') {
    for (at = text.indexOf('"', at + 1); text[at + 1] === '"'; at = text.indexOf('"', at + 2)) if (at === -1) break;
    if (at === -1) throw new FileError('a quote (") is never closed');
  }
  while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") at += 1;
  return at;
}

/** A number alone is none: it stays as people type it. */
const plainNumber = /^\+?\d+$/;

/** As a cell holds a text: no spreadsheet takes it for a formula. */
export function toSafeText(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return plainNumber.test(text) ? text : escapeFormula(text);
}

/** Takes back what {@link toSafeText} did. */
export function fromSafeText(text: string): string {
  return text.startsWith("'") && toSafeText(text.slice(1)) !== text.slice(1) ? text.slice(1) : text;
}

function formatText(text: string, delimiter: string, before: string): string {
  const needsQuotes = before.startsWith('"') || /["\r\n]/.test(text) || text.includes(delimiter);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** @returns the text with its rows changed and with more of them at its end */
export function editCsvText(
  text: string,
  delimiter: string,
  edits: ReadonlyMap<number, Cells>,
  inserts: readonly Cells[],
): string {
  const pieces: string[] = [];
  let copied = 0;
  // The line of names is none of the rows.
  let row = -1;
  let columns = 0;
  for (const spans of findRecords(text, delimiter)) {
    if (row === -1) columns = spans.length;
    for (const [column, cell] of [...(edits.get(row) ?? [])].sort(([one], [other]) => one - other)) {
      const span = spans[column];
      if (!span) throw new FileError("a row is shorter than its line of names");
      const before = text.slice(span.start, span.end);
      pieces.push(text.slice(copied, span.start), formatText(toSafeText(cell), delimiter, before));
      copied = span.end;
    }
    row += 1;
  }
  pieces.push(text.slice(copied));
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
  if (inserts.length > 0 && !/[\r\n]$/.test(text)) pieces.push(lineEnd);
  for (const cells of inserts)
    pieces.push(
      Array.from({ length: columns }, (_, column) =>
        formatText(toSafeText(cells.get(column) ?? null), delimiter, ""),
      ).join(delimiter) + lineEnd,
    );
  return pieces.join("");
}
