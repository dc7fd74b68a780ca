/** A target in memory, as plain as can be: what every other one is held against. It can be killed at a commit. */
import {
  type ExportRow,
  type ExportTable,
  readKey,
  readVersion,
  type TableName,
} from "../../src/data/export/records.ts";
import type { ExportTarget } from "../../src/data/export/targets/target.ts";

export class Killed extends Error {
  override readonly name = "Killed";
  override readonly message = "Killed";
}

export type MemoryTarget = ExportTarget & {
  rows(table: TableName): ExportRow[];
  state: Map<string, string>;
  /** What happens to the next commits, one after the other: killed before it is there or after, or neither. */
  fates: ("before" | "after" | "none")[];
};

export function createMemoryTarget(): MemoryTarget {
  const tables = new Map<TableName, Map<string, ExportRow>>();
  const state = new Map<string, string>();
  const fates: MemoryTarget["fates"] = [];
  const rowsOf = (table: TableName) => {
    const rows = tables.get(table) ?? new Map<string, ExportRow>();
    tables.set(table, rows);
    return rows;
  };
  /** @returns whether it was not there like this */
  const put = (table: ExportTable, row: ExportRow): boolean => {
    const rows = rowsOf(table.name);
    const before = rows.get(readKey(table, row));
    if (before && readVersion(table.name, before) > readVersion(table.name, row)) return false;
    rows.set(readKey(table, row), row);
    return JSON.stringify(before) !== JSON.stringify(row);
  };
  return {
    state,
    fates,
    rows: (table) => [...rowsOf(table).values()],
    readState: async (name) => state.get(name) ?? null,
    listState: async (prefix, after, limit) =>
      [...state]
        .filter(([name]) => name.startsWith(prefix) && (after === null || name > after))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .slice(0, limit)
        .map(([name, value]) => ({ name, value })),
    async commit(batches, changes) {
      const fate = fates.shift() ?? "none";
      if (fate === "before") throw new Killed();
      const changed = batches.flatMap(({ table, rows }) => rows.filter((row) => put(table, row)));
      for (const [name, value] of changes) {
        if (value === null) state.delete(name);
        else state.set(name, value);
      }
      if (fate === "after") throw new Killed();
      return changed.length;
    },
    finish: async () => {},
    read: async (table, keys) => [...rowsOf(table.name).values()].filter((row) => keys.includes(readKey(table, row))),
    count: async (table) => rowsOf(table.name).size,
    close: async () => {},
  };
}
