/** Objects of NDJSON and Parquet as rows: the fields of an object within are columns of their own, as `properties.source`. */
import type { Cell, Problem } from "./row.ts";

export type FlatRow = { cells: Map<string, Cell>; problem?: Problem };

/** @param value of one row */
export function flattenObject(value: object): FlatRow {
  const flat: FlatRow = { cells: new Map() };
  addFields(flat, "", value);
  return flat;
}

function addFields(flat: FlatRow, prefix: string, value: object): void {
  for (const [name, field] of Object.entries(value)) {
    const column = prefix + name;
    if (isPlainObject(field)) addFields(flat, `${column}.`, field);
    else {
      const cell = toCell(field);
      if (cell !== undefined) flat.cells.set(column, cell);
      else flat.problem ??= { field: column, reason: describeUnreadable(field) };
    }
  }
}

function isPlainObject(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !ArrayBuffer.isView(value) &&
    !(value instanceof Date)
  );
}

/** `undefined` where it cannot be told what is meant. */
function toCell(value: unknown): Cell | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value.trim() || null;
  if (typeof value === "boolean") return value;
  // A whole number that JavaScript has rounded is another one than in the file.
  if (typeof value === "number")
    return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : undefined;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? value : JSON.stringify(value);
  return undefined;
}

function describeUnreadable(value: unknown): string {
  return typeof value === "number"
    ? "is a number that is not kept exactly: write it in quotes"
    : "is of a kind that cannot be read: write it as a text";
}
