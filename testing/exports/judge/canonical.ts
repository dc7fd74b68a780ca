/** A row of a target or of the source in one form, whatever the format made of its values. */
import type { TableName } from "../inbox/inbox.ts";

export type Format = "ndjson" | "csv" | "parquet" | "duckdb" | "postgres";
/** By field, in lower case and without `_`: a value as text. What is absent, `null` or empty is left out. */
export type Canonical = Readonly<Record<string, string>>;

/** What a list or an answer tells beside the row itself. */
const ignored = new Set(["activity", "contactname", "lastmessage", "requestid", "timestamp"]);
const jsonFields = new Set(["tags", "properties", "metadata", "assignee"]);

/** What no event tells when it changes: a conversation's are those of the last time it was read or told. */
export const looseFields: Readonly<Record<TableName, readonly string[]>> = {
  contacts: [],
  messages: [],
  conversations: ["updatedat", "lastmessageat", "lastinboundat"],
};

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortKeys(inner)]));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toText(field: string, value: unknown, format: Format): string {
  if (jsonFields.has(field)) return JSON.stringify(sortKeys(typeof value === "string" ? readJson(value) : value));
  if (value instanceof Date) return value.toISOString();
  if (field.endsWith("at") && (typeof value === "bigint" || typeof value === "number"))
    return new Date(Number(value)).toISOString();
  const text = typeof value === "object" ? JSON.stringify(sortKeys(value)) : String(value);
  if (field.endsWith("at") && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  // A cell that a spreadsheet would take for a formula has an apostrophe before it, and so may one that has an apostrophe itself.
  return format === "csv" ? text.replace(/^'+/, "") : text;
}

export function toCanonical(row: Readonly<Record<string, unknown>>, format: Format): Canonical {
  const entries = Object.entries(row).flatMap(([name, value]) => {
    if (name.startsWith("_") || value === null || value === undefined || value === "") return [];
    const field = name.replaceAll("_", "").toLowerCase();
    return ignored.has(field) ? [] : [[field, toText(field, value, format)] as const];
  });
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function withoutLoose(table: TableName, row: Canonical): Canonical {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !looseFields[table].includes(field)));
}

/** What is not alike, for a person to read. */
export function describeDifference(is: Canonical, must: Canonical): string {
  const fields = [...new Set([...Object.keys(is), ...Object.keys(must)])].filter((field) => is[field] !== must[field]);
  const show = (text: string | undefined) => (text === undefined ? "nothing" : JSON.stringify(text.slice(0, 80)));
  return fields.map((field) => `${field} is ${show(is[field])}, must be ${show(must[field])}`).join("; ");
}
