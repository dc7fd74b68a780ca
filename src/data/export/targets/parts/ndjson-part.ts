/** NDJSON: a row as the API gives it, one a line. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Column, ExportRow } from "../../records.ts";
import type { PartWriter } from "./part-writer.ts";

/** What ends a line for some reader is written as an escape, and JSON has it between quotes only. */
export function formatLine(row: ExportRow): string {
  return `${JSON.stringify(row).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}\n`;
}

export function createNdjsonWriter(_columns: readonly Column[], write: (text: string) => void): PartWriter {
  return {
    add: (rows) => write(rows.map(formatLine).join("")),
    finish() {},
  };
}

/** @param end where it is read to, in bytes */
export async function* readLines(path: string, end?: number): AsyncGenerator<ExportRow, void, undefined> {
  if (end === 0) return;
  const input = createReadStream(path, end === undefined ? {} : { end: end - 1 });
  try {
    // Only a line feed ends a line: what JSON has of other ends is within texts.
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== "") yield JSON.parse(line) as ExportRow;
  } finally {
    input.destroy();
  }
}

export function readNdjson(path: string): AsyncGenerator<ExportRow, void, undefined> {
  return readLines(path);
}
