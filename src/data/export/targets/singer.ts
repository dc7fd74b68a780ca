/** The messages of the Singer specification: what a tap writes, so that any target of Meltano's or Singer's can read it. */
import type { ColumnType, ExportRow, ExportTable } from "../records.ts";
import type { StateEntry } from "./target.ts";

const schemas: Readonly<Record<ColumnType, object>> = {
  text: { type: ["null", "string"] },
  number: { type: ["null", "number"] },
  boolean: { type: ["null", "boolean"] },
  timestamp: { type: ["null", "string"], format: "date-time" },
  // An object or a list of whatever kind.
  json: { type: ["null", "object", "array"], items: {} },
};

export function createSchemaMessage({ name, key, columns }: ExportTable): object {
  const properties = Object.fromEntries(
    columns.map((column) => [column.name, column.name === key ? { type: "string" } : schemas[column.type]]),
  );
  return { type: "SCHEMA", stream: name, schema: { type: "object", properties }, key_properties: [key] };
}

export function createRecordMessage({ name }: ExportTable, row: ExportRow, at: string): object {
  return { type: "RECORD", stream: name, record: row, time_extracted: at };
}

export function createStateMessage(entries: readonly StateEntry[]): object {
  return { type: "STATE", value: { onsync: Object.fromEntries(entries.map(({ name, value }) => [name, value])) } };
}

/** What a STATE message had, given back by whoever runs the tap. @throws Error with a sentence where it is something else */
export function readStateMessage(text: string): Map<string, string> {
  const { onsync = {} } = parseObject(text) as { onsync?: unknown };
  const entries = typeof onsync === "object" && onsync !== null ? Object.entries(onsync) : [];
  if (entries.some(([, value]) => typeof value !== "string")) throw new Error("it is no state of this tap");
  return new Map(entries);
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {}
  throw new Error("it is no JSON object, as the value of a STATE message is");
}
