/** Files of each format, as the version that wrote them left them, with what it said is in them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Contents, FileKind } from "./file-kind.ts";

const folder = join(import.meta.dirname, "files");

export type KeptFile = { kind: string; format: number; said: Contents };

/** `user_version` of a file. */
export function readFormat(file: string): number {
  const sql = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(sql.prepare("PRAGMA user_version").get()?.user_version);
  } finally {
    sql.close();
  }
}

/** Everything that SQLite knows of a file's tables and indexes, apart from how it was typed. */
export function readSchema(file: string): string[] {
  const sql = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = sql.prepare("SELECT type, name, tbl_name AS [table] FROM sqlite_schema ORDER BY type, name").all();
    return rows.map((row) => {
      const columns =
        row.type === "table" ? sql.prepare("SELECT * FROM pragma_table_xinfo(?)").all(String(row.name)) : [];
      const parts =
        row.type === "index" ? sql.prepare("SELECT * FROM pragma_index_xinfo(?)").all(String(row.name)) : [];
      return JSON.stringify([row, columns, parts]);
    });
  } finally {
    sql.close();
  }
}

/** A file of the format that this version writes, and what it says is in it; one that is kept already stays as it is. */
export async function keepFile(kind: FileKind, scratch: string): Promise<string | null> {
  const file = join(scratch, `${kind.name}.db`);
  await kind.make(file);
  const bytes = gzipSync(readFileSync(file), { level: 9 });
  const kept = { kind: kind.name, format: readFormat(file) };
  const path = findPath(kept);
  if (existsSync(`${path}.json`)) return null;
  mkdirSync(join(folder, kind.name), { recursive: true });
  writeFileSync(`${path}.db.gz`, bytes);
  writeFileSync(`${path}.json`, `${JSON.stringify(await kind.read(file), null, 2)}\n`);
  return `${kept.kind} of format ${kept.format}`;
}

function findPath({ kind, format }: Pick<KeptFile, "kind" | "format">): string {
  return join(folder, kind, String(format));
}

export function listKeptFiles(): KeptFile[] {
  return readdirSync(folder).flatMap((kind) =>
    readdirSync(join(folder, kind))
      .filter((name) => name.endsWith(".json"))
      .map((name) => {
        const kept = { kind, format: Number.parseInt(name, 10) };
        return { ...kept, said: JSON.parse(readFileSync(`${findPath(kept)}.json`, "utf8")) as Contents };
      }),
  );
}

/** Puts a kept file where it can be opened. */
export function unpackFile(kept: KeptFile, to: string): void {
  writeFileSync(to, gunzipSync(readFileSync(`${findPath(kept)}.db.gz`)), { mode: 0o600 });
}
