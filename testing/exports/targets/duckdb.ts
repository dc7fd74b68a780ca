/** A DuckDB file, read by its own driver from a copy, so that what writes to it is not in the way and is not disturbed. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { TableName } from "../inbox/inbox.ts";
import type { TargetRow } from "../judge/judge.ts";
import type { ReadableTarget } from "./target.ts";

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Times as milliseconds, what is nested as JSON, everything else as text: nothing is left to a session's settings. */
function select(name: string, type: string): string {
  if (type.startsWith("TIMESTAMP")) return `epoch_ms(${quote(name)})::VARCHAR AS ${quote(name)}`;
  if (/\[\]$|^STRUCT|^MAP/.test(type)) return `to_json(${quote(name)})::VARCHAR AS ${quote(name)}`;
  return `${quote(name)}::VARCHAR AS ${quote(name)}`;
}

async function readTable(file: string, table: TableName): Promise<TargetRow[]> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    const ask = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjects();
    const columns = await ask(`SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = '${table}'`);
    if (columns.length === 0) return [];
    const types = columns.map(({ column_name: name, data_type: type }) => [String(name), String(type)] as const);
    const rows = await ask(`SELECT ${types.map(([name, type]) => select(name, type)).join(", ")} FROM ${quote(table)}`);
    const times = types.filter(([, type]) => type.startsWith("TIMESTAMP")).map(([name]) => name);
    return rows.map((row) => ({ ...row, ...Object.fromEntries(times.map((name) => [name, toMs(row[name])])) }));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function toMs(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

export function openDuckDb(file: string): ReadableTarget {
  return {
    ...{ format: "duckdb", args: ["--to", `duckdb:${file}`], secrets: {}, inspect: () => [] },
    async read(table) {
      if (!existsSync(file)) return [];
      const folder = mkdtempSync(join(tmpdir(), "onsync-duckdb-"));
      try {
        copyFileSync(file, join(folder, "copy"));
        if (existsSync(`${file}.wal`)) copyFileSync(`${file}.wal`, join(folder, "copy.wal"));
        return await readTable(join(folder, "copy"), table);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}
