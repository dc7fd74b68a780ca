/**
 * The tables of an export, their columns from the schemas of the API, and what of a record is a row: which key it has, and which
 * of two rows with one key is the later.
 */
import * as z from "zod";
import { Contact, Conversation, Message, messageStatuses, Timestamp } from "../../api/index.ts";
import { parseInstant } from "../../client/wire/instant.ts";

export const tableNames = ["contacts", "messages", "conversations"] as const;
export type TableName = (typeof tableNames)[number];

/** `json`: an object or a list. `timestamp`: a text that is an instant of ISO 8601. Each may be empty. */
export type ColumnType = "text" | "number" | "boolean" | "timestamp" | "json";
export type Column = { name: string; type: ColumnType };

export type ExportTable = {
  name: TableName;
  /** The column by which a row is known. */
  key: string;
  /** Those of the API's schema first, then what its answers had besides, in the order in which it was met. */
  columns: readonly Column[];
};

/** A record as the API gives it, under its own field names. */
export type ExportRow = Record<string, unknown>;

function toColumnType(schema: z.ZodType): ColumnType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return toColumnType(schema.unwrap() as z.ZodType);
  if (schema === Timestamp) return "timestamp";
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return "text";
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  return "json";
}

function createTable(name: TableName, schema: z.ZodObject): ExportTable {
  const columns = Object.entries(schema.shape).map(([column, field]) => ({
    name: column,
    type: toColumnType(field as z.ZodType),
  }));
  return { name, key: "id", columns };
}

export const exportTables: Readonly<Record<TableName, ExportTable>> = {
  contacts: createTable("contacts", Contact),
  messages: createTable("messages", Message),
  conversations: createTable("conversations", Conversation),
};

/**
 * What answers add to a record and is no part of it: the envelope, and what is only counted or copied from other tables, which
 * an event about the same record does not have.
 */
const addedFields: Readonly<Record<TableName, readonly string[]>> = {
  contacts: ["requestId", "timestamp", "activity"],
  messages: ["requestId", "timestamp", "templateWindowStatus"],
  conversations: ["requestId", "timestamp", "contactName", "lastMessage"],
};

/** @returns `null` where the record has no key: nothing could tell it from another one */
export function toRow(table: TableName, record: unknown): ExportRow | null {
  if (typeof record !== "object" || record === null || Array.isArray(record)) return null;
  const fields = Object.entries(record).filter(
    ([name, value]) => value !== undefined && !addedFields[table].includes(name),
  );
  const row: ExportRow = Object.fromEntries(fields);
  const key = row[exportTables[table].key];
  return typeof key === "string" && key !== "" ? row : null;
}

export function readKey(table: ExportTable, row: ExportRow): string {
  return row[table.key] as string;
}

/**
 * How far the record had come: a row with a smaller version is never put in the place of one with a greater. A message's is its
 * status, which only moves forwards (`failed` is an end); a contact's and a conversation's the instant of their last change.
 */
export function readVersion(table: TableName, row: ExportRow): number {
  if (table === "messages") return Math.max(0, (messageStatuses as readonly unknown[]).indexOf(row.status));
  const changed = parseInstant(row.updatedAt ?? row.createdAt);
  return Number.isNaN(changed) ? 0 : changed;
}
