/** CSV for spreadsheets: a mark that says it is UTF-8, and no cell that is a formula. Objects and lists are JSON in their cell. */
import { createReadStream } from "node:fs";
import { parse } from "csv-parse";
import { stringify } from "csv-stringify/sync";
import { escapeFormula, unescapeFormula } from "../../../rows/formula.ts";
import type { Column, ExportRow } from "../../records.ts";
import type { PartWriter } from "./part-writer.ts";

function formatCell({ type }: Column, value: unknown): string {
  if (value === null || value === undefined) return "";
  // A number below zero is no formula, and no text.
  if (type === "number") return String(value);
  return escapeFormula(typeof value === "object" ? JSON.stringify(value) : String(value));
}

function readCell({ type }: Column, cell: string): unknown {
  if (cell === "") return null;
  if (type === "number") return Number(cell);
  const text = unescapeFormula(cell);
  if (type === "boolean") return text === "true";
  return type === "json" ? (JSON.parse(text) as unknown) : text;
}

export function createCsvWriter(columns: readonly Column[], write: (text: string) => void): PartWriter {
  const format = (lines: string[][]) => stringify(lines, { record_delimiter: "windows", quoted: true });
  write(`\ufeff${format([columns.map(({ name }) => escapeFormula(name))])}`);
  return {
    add: (rows) => write(format(rows.map((row) => columns.map((column) => formatCell(column, row[column.name]))))),
    finish() {},
  };
}

export async function* readCsv(path: string, columns: readonly Column[]): AsyncGenerator<ExportRow, void, undefined> {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const input = createReadStream(path);
  const records = input.pipe(parse({ bom: true, columns: (names: string[]) => names.map(unescapeFormula) }));
  input.on("error", (error) => records.destroy(error));
  for await (const record of records as AsyncIterable<Record<string, string>>)
    yield Object.fromEntries(
      Object.entries(record).map(([name, cell]) => [name, readCell(byName.get(name) ?? { name, type: "text" }, cell)]),
    );
}
