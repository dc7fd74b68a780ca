/** Which rows a target does not have as they are, nor in a later version. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../../client/wire/canonical-json.ts";
import { type ExportRow, type ExportTable, readKey, readVersion } from "../records.ts";
import type { FileState, WrittenRow } from "./file-state.ts";

function hashRow(row: ExportRow): Buffer {
  return createHash("sha256").update(canonicalJson(row)).digest().subarray(0, 16);
}

/**
 * @param part that they come to
 * @param count rows that it has had so far
 * @returns the rows to be written, and what is noted of them, by key
 */
export function selectRows(
  state: FileState,
  table: ExportTable,
  rows: readonly ExportRow[],
  part: number,
  count: number,
): { fresh: ExportRow[]; written: Map<string, WrittenRow> } {
  const fresh: ExportRow[] = [];
  const written = new Map<string, WrittenRow>();
  for (const row of rows) {
    const key = readKey(table, row);
    const version = readVersion(table.name, row);
    const hash = hashRow(row);
    const before = written.get(key) ?? state.findRow(table.name, key);
    if (before && (before.version > version || hash.equals(before.hash))) continue;
    written.set(key, { version, hash, part, place: count + fresh.length });
    fresh.push(row);
  }
  return { fresh, written };
}
