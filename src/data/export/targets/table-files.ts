/**
 * The files of one table: parts that are whole, and the one that rows still come to. A part is written under another name, put
 * on disk, renamed, and then noted: wherever that is cut off, the next process finds what there is to do.
 */
import { createHash } from "node:crypto";
import { createReadStream, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type ExportRow, type ExportTable, readKey } from "../records.ts";
import type { FileState, OpenPart, WholePart } from "./file-state.ts";
import { PartFile } from "./parts/part-file.ts";
import { formats, type PartFormat } from "./parts/part-format.ts";
import { isFile, openFolder, syncFolder, TargetError } from "./paths.ts";
import { filterRows, finishRemoval, hasOther, noteRemoval } from "./removal.ts";
import { Spool } from "./spool.ts";

/** `folder`: a part for some ten thousand rows. `file`: one file, made anew with each export, that has each row once. */
export type FileLayout = "folder" | "file";

export type Place = {
  /** Absolute. */
  path: string;
  layout: FileLayout;
  format: PartFormat;
  /** For tests: told before each step that a kill could come before. */
  onStep: (step: string) => void;
};

/** Rows that are held at once where a part is written. */
const rowsAtOnce = 5_000;

export class TableFiles {
  readonly #table: ExportTable;
  readonly #state: FileState;
  readonly #place: Place;
  readonly #folder: string;
  readonly #stem: string;
  readonly #spool: Spool;
  open: OpenPart;

  /** @throws TargetError where something of somebody else's is in the way */
  constructor(table: ExportTable, state: FileState, place: Place) {
    this.#table = table;
    this.#state = state;
    this.#place = place;
    const isFolder = place.layout === "folder";
    this.#folder = isFolder ? join(place.path, table.name) : dirname(place.path);
    this.#stem = `.${isFolder ? "" : `${basename(place.path)}.`}onsync-`;
    const known = state.findOpen(table.name);
    this.open = known ?? this.#begin(table);
    if (isFolder) openFolder(place.path);
    if (isFolder) openFolder(this.#folder);
    finishRemoval(state, table.name, this.#folder);
    this.#checkFiles();
    this.#spool = new Spool(join(this.#folder, `${this.#stem}${state.id}.open`), this.open.bytes);
  }

  #begin({ columns }: ExportTable): OpenPart {
    const number = (this.#state.listParts(this.#table.name).at(-1)?.number ?? 0) + 1;
    return { number, bytes: 0, rows: 0, earliest: null, latest: null, columns, name: null };
  }

  /** Whatever is there is ours, and whatever is ours is there. */
  #checkFiles(): void {
    const isFolder = this.#place.layout === "folder";
    const parts = this.#state.listParts(this.#table.name);
    const own = new Set([...parts.map(({ name }) => name), `${this.#stem}${this.#state.id}.open`, this.#temporaryName]);
    if (this.open.name !== null) own.add(this.open.name);
    const stranger = readdirSync(this.#folder).find(
      (name) => !own.has(name) && (isFolder || name === basename(this.#place.path) || name.startsWith(this.#stem)),
    );
    if (stranger !== undefined)
      throw new TargetError(
        `${join(this.#folder, stranger)} is not of this export: name another place with --to, or with --state the state of the export that it is of.`,
      );
    // One that is being made may be there or not.
    for (const { name, bytes } of parts) {
      const path = join(this.#folder, name);
      const isThere = isFile(path);
      if (name !== this.open.name && (!isThere || statSync(path).size !== bytes))
        throw new TargetError(
          `${path} is not as it was exported: put it back, or export to a new place with a new --state.`,
        );
    }
  }

  get #temporaryName(): string {
    return `${this.#stem}${this.#state.id}.part`;
  }

  /** On disk, though nothing says so yet. @returns how much of it counts then */
  append(rows: readonly ExportRow[]): number {
    this.#place.onStep("append rows");
    return this.#spool.append(this.open.bytes, rows);
  }

  /** Makes the part whole that rows came to. */
  async seal(): Promise<void> {
    const { name: kind } = this.#table;
    const isAgain = this.open.name !== null;
    const name = this.open.name ?? this.#nameOpen();
    const path = join(this.#folder, name);
    if (!isAgain && this.#place.layout === "folder" && isFile(path))
      throw new TargetError(`${path} is not of this export: move it away.`);
    this.#place.onStep("note the name");
    this.open = { ...this.open, name };
    this.#state.setOpen(kind, this.open);
    this.#place.onStep("write the part");
    const temporary = join(this.#folder, this.#temporaryName);
    const written = await this.#write(temporary, this.#rowsOfPart(isAgain));
    this.#place.onStep("rename the part");
    if (isFile(path)) this.#place.onStep("put it in the place of the one before");
    renameSync(temporary, path);
    this.#place.onStep("sync the folder");
    syncFolder(this.#folder);
    this.#place.onStep("note the part");
    const part = { number: this.open.number, name, ...written };
    this.#state.transaction(() =>
      this.#place.layout === "file" ? this.#state.replacePart(kind, part) : this.#state.addPart(kind, part),
    );
    this.#place.onStep("empty the spool");
    this.open = this.#begin({ ...this.#table, columns: this.open.columns });
    this.#spool.empty();
  }

  /** What the rows' range is, in a name that no record has a part in. */
  #nameOpen(): string {
    const { layout, path, format } = this.#place;
    if (layout === "file") return basename(path);
    const { number, earliest, latest } = this.open;
    const range = [earliest, latest].map((at) => (at === null ? "unknown" : formatInstant(at))).join("-");
    return `part-${String(number).padStart(6, "0")}-${range}.${format}`;
  }

  async #write(path: string, rows: AsyncIterable<ExportRow>): Promise<{ bytes: number; sha256: Uint8Array }> {
    const file = new PartFile(path);
    try {
      const { columns } = this.open;
      const writer = formats[this.#place.format].createWriter(columns, (bytes) => file.write(bytes));
      let batch: ExportRow[] = [];
      for await (const row of rows) {
        batch.push(row);
        if (batch.length < rowsAtOnce) continue;
        writer.add(batch);
        batch = [];
      }
      if (batch.length > 0) writer.add(batch);
      writer.finish();
      return file.finish();
    } catch (error) {
      file.abandon();
      throw error;
    }
  }

  /** The latest of each key; of a single file, those that it had before, too. */
  async *#rowsOfPart(isAgain: boolean): AsyncGenerator<ExportRow, void, undefined> {
    const { name: kind } = this.#table;
    const { number, bytes } = this.open;
    const [before] = this.#place.layout === "file" ? this.#state.listParts(kind) : [];
    if (before) {
      // Where it has been renamed already, it is the new one.
      if (!isAgain) await this.checkWhole(before);
      for await (const row of this.#readPart(before))
        if (this.#state.findRow(kind, readKey(this.#table, row))?.part !== number) yield row;
    }
    let place = 0;
    for await (const row of this.#spool.read(bytes)) {
      const latest = this.#state.findRow(kind, readKey(this.#table, row));
      if (latest?.part === number && latest.place === place) yield row;
      place += 1;
    }
  }

  #readPart({ name }: WholePart): AsyncGenerator<ExportRow, void, undefined> {
    return formats[this.#place.format].read(join(this.#folder, name), this.open.columns);
  }

  /** @throws TargetError where its bytes are others than were written */
  async checkWhole({ name, sha256 }: WholePart): Promise<void> {
    const hash = createHash("sha256");
    const path = join(this.#folder, name);
    await pipeline(createReadStream(path), hash);
    if (!hash.digest().equals(sha256))
      throw new TargetError(`${path} was changed since it was exported: put it back, or export to a new place.`);
  }

  /** The latest row of each key, read again from the parts and from what is not whole yet. */
  async *readLatest(parts: (number: number) => boolean): AsyncGenerator<ExportRow, void, undefined> {
    const { name: kind } = this.#table;
    for (const part of this.#state.listParts(kind)) {
      if (!parts(part.number) && this.#place.layout === "folder") continue;
      for await (const row of this.#readPart(part)) {
        const found = this.#state.findRow(kind, readKey(this.#table, row));
        if (found && (found.part === part.number || this.#place.layout === "file") && found.part !== this.open.number)
          yield row;
      }
    }
    if (!parts(this.open.number)) return;
    let place = 0;
    for await (const row of this.#spool.read(this.open.bytes)) {
      const found = this.#state.findRow(kind, readKey(this.#table, row));
      if (found?.part === this.open.number && found.place === place) yield row;
      place += 1;
    }
  }

  /** Every row in every version, of what is not whole yet, too. */
  async *readAll(): AsyncGenerator<ExportRow, void, undefined> {
    for (const part of this.#state.listParts(this.#table.name)) yield* this.#readPart(part);
    yield* this.#spool.read(this.open.bytes);
  }

  /** Writes each part anew that has rows which are not kept. What is not whole yet must be made so before. */
  async removeRows(isKept: (row: ExportRow) => boolean): Promise<void> {
    const { name: kind } = this.#table;
    for (const part of this.#state.listParts(kind)) {
      if (!(await hasOther(this.#readPart(part), isKept))) continue;
      await this.checkWhole(part);
      const temporary = join(this.#folder, this.#temporaryName);
      const written = await this.#write(temporary, filterRows(this.#readPart(part), isKept));
      this.#place.onStep("note the removal");
      noteRemoval(this.#state, { kind, number: part.number, ...written });
      this.#place.onStep("put the part in its place");
      renameSync(temporary, join(this.#folder, part.name));
      syncFolder(this.#folder);
      this.#place.onStep("note what it has now");
      finishRemoval(this.#state, kind, this.#folder);
    }
  }

  close(): void {
    this.#spool.close();
    // What has nothing in it is nobody's concern.
    if (this.open.bytes === 0) rmSync(join(this.#folder, `${this.#stem}${this.#state.id}.open`), { force: true });
  }
}

/** As in `20241201T100000Z`. */
function formatInstant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}
