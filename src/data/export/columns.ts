/** Columns that come to a table while it is exported, and those whose values are of another type than before. */
import { parseInstant } from "../../client/wire/instant.ts";
import { type Column, type ColumnType, type ExportRow, type ExportTable, readKey } from "./records.ts";

/** A field's value is of another type than its column: what is there already would be read otherwise. */
export class ColumnTypeError extends Error {
  override readonly name = "ColumnTypeError";
  readonly table: string;
  readonly column: string;
  readonly key: string;

  constructor(table: ExportTable, { name, type }: Column, found: string, key: string) {
    super(
      `${table.name}.${name} is of type ${type}, and ${key.replace(/\s+/g, " ")} has ${found} there: OnSync has changed its type. Export to a new place, where the column can be of the new type, and see whether a newer OnSync Automation knows of it.`,
    );
    this.table = table.name;
    this.column = name;
    this.key = key;
  }
}

/** What a column that no schema knows is made, by its first value. */
function inferType(value: unknown): ColumnType {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "string" ? "text" : "json";
}

function fits(type: ColumnType, value: unknown): boolean {
  switch (type) {
    case "json":
      return typeof value === "object";
    case "timestamp":
      return !Number.isNaN(parseInstant(value));
    case "text":
      return typeof value === "string";
    default:
      return typeof value === type;
  }
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : `a ${typeof value}`;
}

/**
 * @returns the table with a column for each field that it had none for; the same table where there is no new one
 * @throws ColumnTypeError
 */
export function extendColumns(table: ExportTable, rows: readonly ExportRow[]): ExportTable {
  const known = new Map(table.columns.map((column) => [column.name, column]));
  const count = known.size;
  for (const row of rows)
    for (const [name, value] of Object.entries(row)) {
      // Empty is of every type, and tells none.
      if (value === null || value === undefined) continue;
      const column = known.get(name);
      if (!column) known.set(name, { name, type: inferType(value) });
      else if (!fits(column.type, value))
        throw new ColumnTypeError(table, column, describe(value), readKey(table, row));
    }
  return known.size === count ? table : { ...table, columns: [...known.values()] };
}
