/** Rows on their way into a database and back: one JSON text, whose values no SQL has to quote. */
import { parseInstant } from "../../../../client/wire/instant.ts";
import type { ColumnType, ExportRow } from "../../records.ts";
import type { SqlEngine } from "./engine.ts";

export type Value = string | number | boolean | object | null | undefined;

/** An escape of JSON: of a zero byte, of half an emoji, or of anything else. */
const escapes = /\\(?:(u0000)|(ud[89a-f][0-9a-f]{2})|.)/g;

/**
 * A list of rows as {@link SqlEngine.unpack} takes it. Half an emoji is no text to a database, nor is a zero byte to Postgres:
 * U+FFFD stands for it, so that no customer's message holds up an export.
 */
export function packRows(rows: readonly (readonly Value[])[], { keepsZeroBytes }: Pick<SqlEngine, "keepsZeroBytes">) {
  const objects = rows.map((values) => Object.fromEntries(values.map((value, index) => [`c${index}`, value])));
  return JSON.stringify(objects).replace(escapes, (found: string, zero?: string, half?: string) =>
    half !== undefined || (zero !== undefined && !keepsZeroBytes) ? "\\ufffd" : found,
  );
}

const microseconds = /\.\d{3}(\d{1,3})/;

/** @param text an instant of ISO 8601, with up to six digits of a second */
function toMicroseconds(text: unknown): number {
  const [, digits = ""] = microseconds.exec(String(text)) ?? [];
  return parseInstant(text) * 1000 + Number(digits.padEnd(3, "0"));
}

function fromMicroseconds(text: string): string {
  const count = BigInt(text);
  const rest = Number(((count % 1000n) + 1000n) % 1000n);
  const iso = new Date(Number((count - BigInt(rest)) / 1000n)).toISOString();
  return rest === 0 ? iso : iso.replace("Z", `${String(rest).padStart(3, "0")}Z`);
}

/** The value of a field as a column of this type has it. */
export function toValue(type: ColumnType, value: unknown): Value {
  if (value === null || value === undefined) return null;
  return type === "timestamp" ? toMicroseconds(value) : (value as Value);
}

function fromText(type: ColumnType, text: string): unknown {
  switch (type) {
    case "timestamp":
      return fromMicroseconds(text);
    case "number":
      return Number(text);
    case "boolean":
      return text === "true";
    case "json":
      return JSON.parse(text);
    default:
      return text;
  }
}

/** A record of what a row's columns have; an empty one is left out. */
export function toRecord(row: readonly { field: string; type: ColumnType; text: string | null }[]): ExportRow {
  return Object.fromEntries(
    row.flatMap(({ field, type, text }) => (text === null ? [] : [[field, fromText(type, text)]])),
  );
}
