/** An export to files: each version of a row is written once, whatever ends the process, and none goes backwards. */
import { parseInstant } from "../../../client/wire/instant.ts";
import { addForgotten, forgottenEntry } from "../forget/forgotten.ts";
import {
  checkpointPrefix,
  type ExportedPerson,
  isCheckpointOf,
  isRowOf,
  type PurgeableTarget,
  type PurgedRows,
  purgeOrder,
} from "../forget/purge.ts";
import { type ExportRow, type ExportTable, exportTables, readKey, type TableName } from "../records.ts";
import { FileState, type WrittenRow } from "./file-state.ts";
import type { PartFormat } from "./parts/part-format.ts";
import { resolvePlace, TargetError } from "./paths.ts";
import { selectRows } from "./select-rows.ts";
import { type FileLayout, TableFiles } from "./table-files.ts";
import type { Batch, StateChanges } from "./target.ts";

export type FileTargetOptions = {
  path: string;
  layout: FileLayout;
  format: PartFormat;
  /** The SQLite file that remembers how far the export has come. */
  state: string;
  /** Rows of a part in a folder, about. */
  maxPartRows?: number | undefined;
  onStep?: ((step: string) => void) | undefined;
};

const defaultMaxPartRows = 50_000;

/** @throws TargetError where the place cannot be used, Error with a sentence where the state cannot */
export function openFileTarget(options: FileTargetOptions): PurgeableTarget {
  return new FileTarget(options);
}

/** One that is there, in whatever format: its state tells. @throws TargetError where that is of no export */
export function reopenFileTarget({ path, state }: { path: string; state: string }): PurgeableTarget {
  const known = new FileState(state);
  const kind = known.readEntry("state target");
  known.close();
  if (kind === null) throw new TargetError(`${state} is the state of no export.`);
  const [layout, format] = JSON.parse(kind) as [FileLayout, PartFormat];
  return openFileTarget({ path, layout, format, state });
}

class FileTarget implements PurgeableTarget {
  readonly #options: FileTargetOptions;
  readonly #path: string;
  readonly #state: FileState;
  readonly #tables = new Map<TableName, TableFiles>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: FileTargetOptions) {
    this.#options = options;
    this.#path = resolvePlace(options.path);
    this.#state = new FileState(options.state);
    try {
      const kind = JSON.stringify([options.layout, options.format]);
      const known = this.#state.readEntry("state target") ?? kind;
      if (known !== kind)
        throw new TargetError(
          `${options.state} is the state of an export to ${describeKind(known)}, not ${describeKind(kind)}: name another with --state, and another place with --to.`,
        );
      this.#state.setEntry("state target", kind);
      for (const table of Object.values(exportTables)) if (this.#isKnown(table.name)) this.#open(table);
    } catch (error) {
      this.#state.close();
      throw error;
    }
  }

  #isKnown(kind: TableName): boolean {
    return this.#state.findOpen(kind) !== null || this.#state.listParts(kind).length > 0;
  }

  #open(table: ExportTable): TableFiles {
    const known = this.#tables.get(table.name);
    if (known) return known;
    if (this.#options.layout === "file" && this.#tables.size > 0)
      throw new TargetError(`${this.#options.path} is one file, for one table: name a folder for several.`);
    const { layout, format, onStep = () => {} } = this.#options;
    const opened = new TableFiles(table, this.#state, { path: this.#path, layout, format, onStep });
    this.#tables.set(table.name, opened);
    return opened;
  }

  async readState(name: string): Promise<string | null> {
    return this.#state.readEntry(name);
  }

  async listState(prefix: string, after: string | null, limit: number) {
    return this.#state.listEntries(prefix, after, limit);
  }

  commit(batches: readonly Batch[], changes: StateChanges): Promise<number> {
    return this.#runInTurn(() => this.#commit(batches, changes));
  }

  finish(tables: readonly ExportTable[]): Promise<void> {
    return this.#runInTurn(() => this.#finish(tables));
  }

  /** Feeds that are followed are read at once: no row may come to a part while another makes it whole. */
  #runInTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  async #commit(batches: readonly Batch[], changes: StateChanges): Promise<number> {
    const { onStep = () => {} } = this.#options;
    const prepared: {
      files: TableFiles;
      kind: TableName;
      written: Map<string, WrittenRow>;
      open: TableFiles["open"];
    }[] = [];
    for (const { table, rows } of batches) {
      const files = this.#open(table);
      // What was cut off on the way is brought to its end first.
      if (files.open.name !== null) await files.seal();
      const { fresh, written } = selectRows(this.#state, table, rows, files.open.number, files.open.rows);
      const bytes = fresh.length > 0 ? files.append(fresh) : files.open.bytes;
      prepared.push({ files, kind: table.name, written, open: extendPart(files.open, table, fresh, bytes) });
    }
    onStep("note the rows");
    this.#state.transaction(() => {
      this.#state.applyChanges(changes);
      for (const { kind, written, open } of prepared) {
        for (const [key, row] of written) this.#state.setRow(kind, key, row);
        this.#state.setOpen(kind, open);
      }
    });
    let count = 0;
    for (const { files, open, written } of prepared) {
      count += written.size;
      files.open = open;
    }
    await this.#sealFull();
    return count;
  }

  async #sealFull(): Promise<void> {
    const { layout, maxPartRows = defaultMaxPartRows } = this.#options;
    for (const files of this.#tables.values())
      if (layout === "folder" && files.open.rows >= maxPartRows) await files.seal();
  }

  async #finish(tables: readonly ExportTable[]): Promise<void> {
    for (const table of tables) {
      const files = this.#open(table);
      // One file is there even where it has no rows.
      const isMissing = this.#options.layout === "file" && this.#state.listParts(table.name).length === 0;
      if (files.open.rows > 0 || files.open.name !== null || isMissing) await files.seal();
    }
  }

  async read(table: ExportTable, keys: readonly string[]): Promise<ExportRow[]> {
    const wanted = new Set(keys);
    const parts = new Set(keys.map((key) => this.#state.findRow(table.name, key)?.part));
    const found: ExportRow[] = [];
    for await (const row of this.#open(table).readLatest((number) => parts.has(number)))
      if (wanted.has(readKey(table, row))) found.push(row);
    return found;
  }

  /** As many as the files themselves have. */
  async count(table: ExportTable): Promise<number> {
    let count = 0;
    for await (const _row of this.#open(table).readLatest(() => true)) count += 1;
    return count;
  }

  async purge(person: ExportedPerson, dryRun: boolean): Promise<PurgedRows> {
    const conversationIds = new Set(person.conversationIds);
    const whole = { ...person, conversationIds };
    const counts = { contacts: 0, conversations: 0, messages: 0 };
    if (!dryRun) await this.finish([...this.#tables.keys()].map((name) => exportTables[name]));
    for (const name of purgeOrder) {
      const files = this.#tables.get(name);
      if (!files) continue;
      const keys = new Set<string>();
      for await (const row of files.readAll())
        if (isRowOf(name, row, whole)) keys.add(readKey(exportTables[name], row));
      if (name === "conversations") for (const key of keys) conversationIds.add(key);
      counts[name] = keys.size;
      if (dryRun) continue;
      // First, for these keys are told by the files as long as those have them.
      this.#state.transaction(() => {
        for (const key of keys) this.#state.dropRow(name, key);
      });
      await files.removeRows((row) => !isRowOf(name, row, whole));
    }
    if (!dryRun) this.#noteForgotten(whole);
    return { ...counts, isScrubbed: true };
  }

  #noteForgotten(person: ExportedPerson): void {
    const entries = this.#state.listEntries(checkpointPrefix, null, Number.MAX_SAFE_INTEGER);
    const theirs = entries.filter(({ name }) => isCheckpointOf(name, person));
    this.#state.transaction(() => {
      for (const { name } of theirs) this.#state.dropEntry(name);
      this.#state.setEntry(forgottenEntry, addForgotten(this.#state.readEntry(forgottenEntry), person));
    });
    this.#state.scrub();
  }

  async close(): Promise<void> {
    for (const files of this.#tables.values()) files.close();
    this.#state.close();
  }
}

function extendPart(
  open: TableFiles["open"],
  { columns }: ExportTable,
  rows: readonly ExportRow[],
  bytes: number,
): TableFiles["open"] {
  let { earliest, latest } = open;
  for (const row of rows) {
    const at = parseInstant(row.createdAt);
    if (Number.isNaN(at)) continue;
    earliest = Math.min(earliest ?? at, at);
    latest = Math.max(latest ?? at, at);
  }
  return { ...open, columns, bytes, rows: open.rows + rows.length, earliest, latest };
}

function describeKind(kind: string): string {
  const [layout, format] = JSON.parse(kind) as [FileLayout, PartFormat];
  return `${layout === "file" ? "one file" : "a folder"} of ${format}`;
}
