/**
 * The rows that were refused, in a file of the same columns with four more: line, field, reason and request id. It can be mended
 * and imported again, and no cell of it is a formula to a spreadsheet.
 */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { escapeFormula, unescapeFormula } from "../rows/formula.ts";
import type { Cell, Row, RowFile } from "../rows/row.ts";

export const refusedColumns = ["line", "field", "reason", "requestId"] as const;

export type Refusal = { field: string; reason: string; requestId: string | null };

/** Whether a file is one of refused rows: its last columns are the four. */
export function isRefusedFile(columns: readonly string[]): boolean {
  return refusedColumns.every((name, index) => columns.at(index - refusedColumns.length) === name);
}

/** The columns of the file that was imported first, and its cells as they stood there. */
export function undoRefusals(file: RowFile): RowFile {
  if (!isRefusedFile(file.columns) || file.format === "parquet") return file;
  const count = file.columns.length - refusedColumns.length;
  const undo = (cell: Cell) =>
    typeof cell === "string" && file.format === "csv" ? unescapeFormula(cell) || null : cell;
  return {
    ...file,
    columns: file.columns.slice(0, count).map((name) => (file.format === "csv" ? unescapeFormula(name) : name)),
    async *rows() {
      for await (const row of file.rows()) yield { ...row, cells: row.cells.slice(0, count).map(undo) };
    },
  };
}

export class RefusedFile {
  readonly #path: string;
  readonly #source: RowFile;
  /** Written beside it, and renamed when it is whole. */
  #part: { path: string; descriptor: number } | undefined;
  count = 0;

  /** @throws Error where the path is of something that must not be written over */
  constructor(path: string, source: RowFile) {
    this.#path = path;
    this.#source = source;
    checkTarget(path);
  }

  add({ line, cells }: Row, { field, reason, requestId }: Refusal): void {
    this.#part ??= this.#begin();
    const { descriptor } = this.#part;
    const more = [line, field, reason, requestId ?? ""];
    writeSync(
      descriptor,
      this.#source.csv ? this.#formatCsv([...this.#fit(cells), ...more]) : this.#formatJson(cells, more),
    );
    this.count += 1;
  }

  /** @returns where it is; `null` where nothing was refused */
  finish(): string | null {
    if (!this.#part) return null;
    closeSync(this.#part.descriptor);
    renameSync(this.#part.path, this.#path);
    this.#part = undefined;
    return this.#path;
  }

  /** The import does not come to its end: what is here will be written again. */
  abandon(): void {
    if (!this.#part) return;
    closeSync(this.#part.descriptor);
    rmSync(this.#part.path, { force: true });
    this.#part = undefined;
  }

  #begin() {
    const path = join(dirname(this.#path), `.onsync-refused-${randomBytes(8).toString("hex")}`);
    // A name that nobody can have taken before, for its owner alone.
    const descriptor = openSync(path, "wx", 0o600);
    const { columns, csv } = this.#source;
    if (csv) writeSync(descriptor, `${csv.hasMark ? "\ufeff" : ""}${this.#formatCsv([...columns, ...refusedColumns])}`);
    return { path, descriptor };
  }

  #fit(cells: readonly Cell[]): readonly Cell[] {
    const { columns } = this.#source;
    if (cells.length > columns.length) {
      const [kept, over] = [cells.slice(0, columns.length), cells.slice(columns.length)];
      // What stands beyond the last column is not lost: the row is to be mended.
      return [
        ...kept.slice(0, -1),
        [kept.at(-1), ...over].map((cell) => cell ?? "").join(this.#source.csv?.delimiter ?? ","),
      ];
    }
    return [...cells, ...Array.from({ length: columns.length - cells.length }, () => null)];
  }

  #formatCsv(cells: readonly (Cell | number)[]): string {
    const delimiter = this.#source.csv?.delimiter ?? ",";
    const quoted = cells.map((cell) => `"${escapeFormula(String(cell ?? "")).replaceAll('"', '""')}"`);
    return `${quoted.join(delimiter)}\r\n`;
  }

  #formatJson(cells: readonly Cell[], [line, field, reason, requestId]: readonly (string | number)[]): string {
    const { columns } = this.#source;
    const object = Object.fromEntries(
      columns.flatMap((name, index) => (cells[index] == null ? [] : [[name, cells[index]]])),
    );
    return `${JSON.stringify({ ...object, line, field, reason, requestId })}\n`;
  }
}

/** The file may be one that this wrote before, and nothing else. */
function checkTarget(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) {
    if (existsSync(dirname(path))) return;
    throw new Error(`${path}: its folder is not there. Make it, or name another file with --errors.`);
  }
  if (stats.isSymbolicLink()) throw new Error(`${path} is a symbolic link: name the file itself with --errors.`);
  if (!stats.isFile()) throw new Error(`${path} is not a regular file: name another one with --errors.`);
  const head = readFileSync(path, { encoding: "utf8" }).split("\n", 1)[0] ?? "";
  if (stats.size > 0 && !refusedColumns.every((name) => head.includes(`"${name}"`)))
    throw new Error(
      `${path} is there already, and has no refused rows: move it away, or name another file with --errors.`,
    );
}

/** By which it is seen whether somebody has mended it since. */
export function stampFile(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.size} ${Math.round(stats.mtimeMs)}` : "";
}
