/** Collects rows and checkpoints, and gives them to the target together: each page by itself would wait for the disk each time. */
import type { Clock } from "../../client/clock.ts";
import { extendColumns } from "./columns.ts";
import { type Forgotten, forgottenEntry, readForgotten } from "./forget/forgotten.ts";
import { type Column, type ExportRow, type ExportTable, exportTables, type TableName } from "./records.ts";
import type { ExportTarget } from "./targets/target.ts";

const maxRows = 2_000;
const maxAgeMs = 1_000;

export class Committer {
  readonly #target: ExportTarget;
  readonly #clock: Clock;
  readonly #tables = new Map<TableName, ExportTable>();
  #rows = new Map<TableName, ExportRow[]>();
  #changes = new Map<string, string | null>();
  /** On their way to the target. */
  #leaving: ReadonlyMap<string, string | null> = new Map();
  /** Those whose rows and checkpoints do not come back; `undefined` until it was looked. */
  #forgotten: Forgotten | null | undefined;
  #count = 0;
  #flushedAt: number;
  #queue: Promise<void> = Promise.resolve();
  /** Rows that the target did not have like this before. */
  written = 0;

  constructor(target: ExportTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.#flushedAt = clock.now();
  }

  /** @throws ColumnTypeError */
  async add(kind: TableName, given: readonly ExportRow[], changes: ReadonlyMap<string, string | null>): Promise<void> {
    const forgotten = await this.findForgotten();
    const rows = forgotten ? given.filter((row) => !forgotten.hasRow(kind, row)) : given;
    const table = await this.table(kind);
    const extended = extendColumns(table, rows);
    if (extended !== table) {
      this.#tables.set(kind, extended);
      this.#changes.set(`columns:${kind}`, JSON.stringify(extended.columns));
    }
    if (rows.length > 0) this.#rows.set(kind, [...(this.#rows.get(kind) ?? []), ...rows]);
    this.#count += rows.length;
    await this.note(changes);
  }

  /** A checkpoint by itself. */
  async note(changes: ReadonlyMap<string, string | null>): Promise<void> {
    const forgotten = await this.findForgotten();
    for (const [name, value] of changes) if (!forgotten?.hasCheckpoint(name)) this.#changes.set(name, value);
    const isDue = this.#count >= maxRows || this.#changes.size >= maxRows;
    if (isDue || this.#clock.now() - this.#flushedAt >= maxAgeMs) await this.flush();
  }

  /** Who was taken out of this export: `null` where nobody was. */
  async findForgotten(): Promise<Forgotten | null> {
    if (this.#forgotten === undefined) this.#forgotten = readForgotten(await this.#target.readState(forgottenEntry));
    return this.#forgotten;
  }

  /** With the columns that it has by now. */
  async table(kind: TableName): Promise<ExportTable> {
    const known = this.#tables.get(kind);
    if (known) return known;
    const columns = await this.#target.readState(`columns:${kind}`);
    const table = columns === null ? exportTables[kind] : mergeColumns(exportTables[kind], JSON.parse(columns));
    // Another one may have been as fast.
    if (!this.#tables.has(kind)) this.#tables.set(kind, table);
    return this.#tables.get(kind) ?? table;
  }

  async readState(name: string): Promise<string | null> {
    const waiting = [this.#changes, this.#leaving].find((changes) => changes.has(name));
    return waiting ? (waiting.get(name) ?? null) : this.#target.readState(name);
  }

  /** What was added is in the target. One at a time: what was added first is there first. */
  flush(): Promise<void> {
    const flushed = this.#queue.then(() => this.#flush());
    this.#queue = flushed.catch(() => {});
    return flushed;
  }

  async #flush(): Promise<void> {
    if (this.#count === 0 && this.#changes.size === 0) return;
    const batches = [...this.#rows].map(([kind, rows]) => ({
      table: this.#tables.get(kind) ?? exportTables[kind],
      rows,
    }));
    const changes = this.#changes;
    [this.#rows, this.#changes, this.#leaving, this.#count] = [new Map(), new Map(), changes, 0];
    this.#flushedAt = this.#clock.now();
    this.written += await this.#target.commit(batches, changes);
    this.#leaving = new Map();
  }
}

/** Those that a newer schema has beside those that were met: what was met keeps its type. */
function mergeColumns(table: ExportTable, met: readonly Column[]): ExportTable {
  const names = new Set(met.map(({ name }) => name));
  return { ...table, columns: [...met, ...table.columns.filter(({ name }) => !names.has(name))] };
}
