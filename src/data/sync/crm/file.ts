/**
 * A CRM's records in a CSV or NDJSON file. It is written beside itself, read again, and renamed when it is whole; whatever is
 * not changed stays as it was: columns, order, encoding, and rows that are nothing to a sync.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { openRows } from "../../rows/open-rows.ts";
import { type Cell, FileError, type RowFile } from "../../rows/row.ts";
import { type Encoding, readStart } from "../../rows/text.ts";
import type { Cells, CrmChanges, CrmRow, CrmSnapshot, CrmStore, Written } from "./crm.ts";
import { editCsvText, fromSafeText } from "./csv-text.ts";
import { editNdjsonText } from "./ndjson-text.ts";

export type FileOptions = {
  /** The name of the column by which a row is known. Default: none. */
  key?: string | undefined;
};

/** How often a file that is being written is read again. */
const maxReads = 10;

/** @throws FileError where it cannot be read, or has no such column */
export async function openCrmFile(file: string, { key }: FileOptions = {}): Promise<CrmStore> {
  const opened = await openRows(file);
  const keyColumn = key === undefined ? null : opened.columns.indexOf(key);
  if (keyColumn === -1) throw new FileError(`${file} has no column ${JSON.stringify(key)}.`);
  const isSpreadsheet = opened.format === "csv";
  return {
    ...{ name: file, description: opened.description, columns: opened.columns, keyColumn, isSpreadsheet },
    read: () => readSnapshot(file, opened.columns, keyColumn),
    write: (snapshot, changes, settle) => writeFile(file, opened.columns, keyColumn, snapshot, changes, settle),
  };
}

function hashBytes(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function readCell(file: RowFile, cell: Cell): Cell {
  return file.format === "csv" && typeof cell === "string" ? fromSafeText(cell) || null : cell;
}

async function readRows(path: string): Promise<{ file: RowFile; rows: Omit<CrmRow, "key">[] }> {
  const file = await openRows(path);
  const rows: Omit<CrmRow, "key">[] = [];
  for await (const row of file.rows()) rows.push({ ...row, cells: row.cells.map((cell) => readCell(file, cell)) });
  return { file, rows };
}

async function readSnapshot(path: string, columns: readonly string[], keyColumn: number | null): Promise<CrmSnapshot> {
  for (let read = 1; ; read++) {
    const version = hashBytes(readFileSync(path));
    const { file, rows } = await readRows(path);
    if (hashBytes(readFileSync(path)) !== version) {
      // Somebody is writing it.
      if (read < maxReads) continue;
      throw new FileError(`${path} is being changed again and again: run the command when it is whole.`);
    }
    const isSame = columns.every((name, index) => file.columns[index] === name);
    if (!isSame || (file.format === "csv" && file.columns.length !== columns.length))
      throw new FileError(`The columns of ${path} were changed meanwhile: run the command again.`);
    return { version, rows: rows.map((row) => ({ ...row, key: findKey(row.cells, keyColumn) })) };
  }
}

function findKey(cells: readonly Cell[], keyColumn: number | null): string | null {
  const cell = keyColumn === null ? null : (cells[keyColumn] ?? null);
  return cell === null ? null : String(cell);
}

/** @throws Error where it is nothing that can be written */
export function checkWritable(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw new FileError(`${path} is a symbolic link: name the file itself.`);
  if (stats && !stats.isFile()) throw new FileError(`${path} is not a regular file: name another one.`);
}

async function writeFile(
  path: string,
  columns: readonly string[],
  keyColumn: number | null,
  snapshot: CrmSnapshot,
  changes: CrmChanges,
  settle: (written: Written) => Promise<void>,
): Promise<Written | null> {
  checkWritable(path);
  const bytes = readFileSync(path);
  if (hashBytes(bytes) !== snapshot.version) return null;
  const part = join(dirname(path), `.${basename(path)}.onsync-part`);
  try {
    await writePart(part, path, await editBytes(path, bytes, columns, changes));
    const rows = await checkPart(part, snapshot, changes);
    // Whoever has changed it meanwhile loses nothing: it is read again.
    if (hashBytes(readFileSync(path)) !== snapshot.version) return null;
    renameSync(part, path);
    syncFolder(dirname(path));
    const taken = rows.map(({ cells }) => ({ cells, key: findKey(cells, keyColumn) }));
    const edits = new Map(taken.map((each, row) => [row, each] as const).filter(([row]) => changes.edits.has(row)));
    const written = { edits, inserts: taken.slice(snapshot.rows.length) };
    await settle(written);
    return written;
  } finally {
    rmSync(part, { force: true });
  }
}

async function editBytes(
  path: string,
  bytes: Buffer,
  columns: readonly string[],
  { edits, inserts }: CrmChanges,
): Promise<Buffer> {
  const file = await openRows(path);
  if (file.format === "parquet")
    throw new FileError(`${path} is Parquet, which is read and not written: name a CSV or NDJSON file with --to.`);
  const { encoding } = await readStart(path);
  const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  const edited = file.csv
    ? editCsvText(text, file.csv.delimiter, edits, inserts)
    : editNdjsonText(text, columns, edits, inserts);
  return encode(edited, encoding);
}

function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  const bytes = Buffer.from(text, "utf16le");
  return encoding === "utf-16le" ? bytes : bytes.swap16();
}

/** On disk, with the rights of the one whose place it takes. */
async function writePart(part: string, path: string, bytes: Buffer): Promise<void> {
  rmSync(part, { force: true });
  const descriptor = openSync(part, "wx", 0o600);
  try {
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  const { mode, uid, gid } = statSync(path);
  chmodSync(part, mode & 0o777);
  try {
    chownSync(part, uid, gid);
  } catch {
    // Only its owner may give it away: whoever may write here owns it then.
  }
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads what was written before it takes the file's place.
 *
 * @returns its rows
 * @throws FileError where any cell is not as it must be
 */
async function checkPart(part: string, { rows }: CrmSnapshot, { edits, inserts }: CrmChanges) {
  const { rows: written } = await readRows(part);
  const isAsBefore = (index: number, cells: readonly Cell[]) => {
    const changed: Cells = edits.get(index) ?? new Map();
    return rows[index]?.cells.every((cell, column) => changed.has(column) || isSameCell(cell, cells[column] ?? null));
  };
  const isRight =
    written.length === rows.length + inserts.length &&
    written.every(({ cells }, index) => index >= rows.length || isAsBefore(index, cells));
  if (!isRight) throw new FileError("The file cannot be written so that its other cells stay as they are.");
  return written;
}

function isSameCell(one: Cell, other: Cell): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
