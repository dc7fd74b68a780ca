/**
 * What is known of an export to files, in a SQLite file: its checkpoints, which version of each row was written last and where,
 * and which parts are whole. A row's content is there as a hash alone.
 */
import { randomBytes } from "node:crypto";
import { openStateFile, type StateFile } from "../../state-file.ts";
import type { Column, TableName } from "../records.ts";
import type { StateChanges, StateEntry } from "./target.ts";

/** "OnSX". */
const applicationId = 0x4f6e5358;

const migrations = [
  `
CREATE TABLE entries (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rows (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  version REAL NOT NULL,
  hash BLOB NOT NULL,
  -- The part that has it, and which of the rows that came to it.
  part INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE parts (
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;
-- The part of each table that rows still come to.
CREATE TABLE open_parts (
  kind TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  -- How much of its file counts: what is behind was never committed.
  bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  earliest REAL,
  latest REAL,
  columns TEXT NOT NULL,
  -- Set while it is made whole.
  name TEXT
) STRICT, WITHOUT ROWID;
`,
];

export type WrittenRow = { version: number; hash: Uint8Array; part: number; place: number };
export type WholePart = { number: number; name: string; bytes: number; sha256: Uint8Array };
export type OpenPart = {
  number: number;
  bytes: number;
  rows: number;
  /** Of `createdAt`, in milliseconds since 1970. */
  earliest: number | null;
  latest: number | null;
  columns: readonly Column[];
  name: string | null;
};

export class FileState {
  readonly #file: StateFile;
  readonly #statements: ReturnType<typeof prepare>;
  /** By which files of this export are told from others'. */
  readonly id: string;

  constructor(path: string) {
    this.#file = openStateFile(path, { name: "the state of an export", applicationId, migrations });
    this.#statements = prepare(this.#file);
    this.id = this.readEntry("state id") ?? randomBytes(6).toString("hex");
    this.setEntry("state id", this.id);
  }

  transaction<Result>(work: () => Result): Result {
    return this.#file.transaction(work);
  }

  readEntry(name: string): string | null {
    return (this.#statements.entry.get(name) as { value: string } | undefined)?.value ?? null;
  }

  setEntry(name: string, value: string): void {
    this.#statements.setEntry.run(name, value);
  }

  listEntries(prefix: string, after: string | null, limit: number): StateEntry[] {
    return this.#statements.entries.all({ prefix, after: after ?? "", limit }) as StateEntry[];
  }

  applyChanges(changes: StateChanges): void {
    for (const [name, value] of changes)
      if (value === null) this.#statements.dropEntry.run(name);
      else this.setEntry(name, value);
  }

  findRow(kind: TableName, key: string): WrittenRow | undefined {
    return this.#statements.row.get(kind, key) as WrittenRow | undefined;
  }

  setRow(kind: TableName, key: string, { version, hash, part, place }: WrittenRow): void {
    this.#statements.setRow.run(kind, key, version, hash, part, place);
  }

  countRows(kind: TableName): number {
    return (this.#statements.countRows.get(kind) as { count: number }).count;
  }

  listParts(kind: TableName): WholePart[] {
    return this.#statements.parts.all(kind) as WholePart[];
  }

  addPart(kind: TableName, { number, name, bytes, sha256 }: WholePart): void {
    this.#statements.addPart.run(kind, number, name, bytes, sha256);
    this.#statements.dropOpen.run(kind);
  }

  /** The part was written anew, with fewer rows. */
  updatePart(kind: TableName, { number, bytes, sha256 }: Omit<WholePart, "name">): void {
    this.#statements.updatePart.run(bytes, sha256, kind, number);
  }

  dropRow(kind: TableName, key: string): void {
    this.#statements.dropRow.run(kind, key);
  }

  dropEntry(name: string): void {
    this.#statements.dropEntry.run(name);
  }

  /** The file anew, without what was dropped. */
  scrub(): void {
    this.#file.sql.exec("PRAGMA secure_delete = ON");
    this.#file.sql.exec("VACUUM");
    this.#file.sql.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  /** Of a target that is one file: it has been made anew. */
  replacePart(kind: TableName, part: WholePart): void {
    this.#statements.dropParts.run(kind);
    this.addPart(kind, part);
  }

  findOpen(kind: TableName): OpenPart | null {
    const found = this.#statements.open.get(kind) as (Omit<OpenPart, "columns"> & { columns: string }) | undefined;
    return found ? { ...found, columns: this.#file.parse<Column[]>(found.columns) } : null;
  }

  setOpen(kind: TableName, part: OpenPart): void {
    const { number, bytes, rows, earliest, latest, columns, name } = part;
    this.#statements.setOpen.run(kind, number, bytes, rows, earliest, latest, JSON.stringify(columns), name);
  }

  close(): void {
    this.#file.close();
  }
}

function prepare({ sql }: StateFile) {
  return {
    entry: sql.prepare("SELECT value FROM entries WHERE name = ?"),
    setEntry: sql.prepare("INSERT OR REPLACE INTO entries (name, value) VALUES (?, ?)"),
    dropEntry: sql.prepare("DELETE FROM entries WHERE name = ?"),
    entries: sql.prepare(
      // The last character that there is: what begins with the prefix is before it.
      `SELECT name, value FROM entries WHERE name >= :prefix AND name > :after AND name < :prefix || char(1114111)
       ORDER BY name LIMIT :limit + 0`,
    ),
    row: sql.prepare("SELECT version, hash, part, place FROM rows WHERE kind = ? AND key = ?"),
    setRow: sql.prepare(
      "INSERT OR REPLACE INTO rows (kind, key, version, hash, part, place) VALUES (?, ?, ?, ?, ?, ?)",
    ),
    countRows: sql.prepare("SELECT count(*) AS count FROM rows WHERE kind = ?"),
    parts: sql.prepare("SELECT number, name, bytes, sha256 FROM parts WHERE kind = ? ORDER BY number"),
    addPart: sql.prepare("INSERT INTO parts (kind, number, name, bytes, sha256) VALUES (?, ?, ?, ?, ?)"),
    updatePart: sql.prepare("UPDATE parts SET bytes = ?, sha256 = ? WHERE kind = ? AND number = ?"),
    dropRow: sql.prepare("DELETE FROM rows WHERE kind = ? AND key = ?"),
    dropParts: sql.prepare("DELETE FROM parts WHERE kind = ?"),
    open: sql.prepare("SELECT number, bytes, rows, earliest, latest, columns, name FROM open_parts WHERE kind = ?"),
    setOpen: sql.prepare(
      `INSERT OR REPLACE INTO open_parts (kind, number, bytes, rows, earliest, latest, columns, name)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    dropOpen: sql.prepare("DELETE FROM open_parts WHERE kind = ?"),
  };
}
