/** An export to the standard output, at least once: a row is written before the state knows of it. */
import type { ExportRow, ExportTable } from "../records.ts";
import { FileState } from "./file-state.ts";
import { formatLine } from "./parts/ndjson-part.ts";
import { selectRows } from "./select-rows.ts";
import { createRecordMessage, createSchemaMessage, createStateMessage } from "./singer.ts";
import type { Batch, ExportTarget, StateChanges, StateEntry } from "./target.ts";

export type StdoutTargetOptions = {
  /** Resolves when the text has left this process. */
  write: (text: string) => Promise<void>;
  /** `singer`: SCHEMA, RECORD and STATE messages. */
  format: "ndjson" | "singer";
  /** The SQLite file that remembers how far the export has come. */
  state: string;
  /** What a STATE message of an earlier run had: the state is that, whatever is in the file. */
  resume?: ReadonlyMap<string, string> | undefined;
  now?: (() => number) | undefined;
};

/** STATE messages have every checkpoint: after so many rows, or as many as there are checkpoints. */
const minRowsBetweenStates = 5_000;

export function openStdoutTarget(options: StdoutTargetOptions): ExportTarget {
  return new StdoutTarget(options);
}

class StdoutTarget implements ExportTarget {
  readonly #options: StdoutTargetOptions;
  readonly #state: FileState;
  /** As SCHEMA messages told of them. */
  readonly #told = new Map<string, ExportTable>();
  #rowsSinceState = 0;

  constructor(options: StdoutTargetOptions) {
    this.#options = options;
    this.#state = new FileState(options.state);
    if (options.resume) this.#state.applyChanges(options.resume);
  }

  async readState(name: string): Promise<string | null> {
    return this.#state.readEntry(name);
  }

  async listState(prefix: string, after: string | null, limit: number): Promise<StateEntry[]> {
    return this.#state.listEntries(prefix, after, limit);
  }

  async commit(batches: readonly Batch[], changes: StateChanges): Promise<number> {
    let count = 0;
    for (const { table, rows } of batches) {
      const { fresh, written } = selectRows(this.#state, table, rows, 0, 0);
      await this.#write(table, fresh);
      this.#state.transaction(() => {
        for (const [key, row] of written) this.#state.setRow(table.name, key, row);
      });
      count += fresh.length;
    }
    this.#state.transaction(() => this.#state.applyChanges(changes));
    this.#rowsSinceState += count;
    if (this.#rowsSinceState >= minRowsBetweenStates) await this.#tellState(this.#rowsSinceState);
    return count;
  }

  async #write(table: ExportTable, rows: readonly ExportRow[]): Promise<void> {
    const { format, write, now = Date.now } = this.#options;
    if (rows.length === 0) return;
    if (format === "ndjson") return write(rows.map(formatLine).join(""));
    await this.#tellSchema(table);
    const at = new Date(now()).toISOString();
    await write(rows.map((row) => formatLine({ ...createRecordMessage(table, row, at) })).join(""));
  }

  async #tellSchema(table: ExportTable): Promise<void> {
    if (this.#told.get(table.name)?.columns.length === table.columns.length) return;
    this.#told.set(table.name, table);
    await this.#options.write(formatLine({ ...createSchemaMessage(table) }));
  }

  /** @param maxEntries where there are more, it waits for more rows */
  async #tellState(maxEntries: number): Promise<void> {
    if (this.#options.format !== "singer") return;
    const entries = this.#state.listEntries("", null, maxEntries + 1).filter(({ name }) => !name.startsWith("state "));
    if (entries.length > maxEntries) return;
    this.#rowsSinceState = 0;
    await this.#options.write(formatLine({ ...createStateMessage(entries) }));
  }

  async finish(tables: readonly ExportTable[]): Promise<void> {
    // A stream without a row has a schema all the same.
    if (this.#options.format === "singer") for (const table of tables) await this.#tellSchema(table);
    await this.#tellState(Number.MAX_SAFE_INTEGER - 1);
  }

  async read(): Promise<ExportRow[]> {
    throw new Error("what was written to the standard output cannot be read again");
  }

  async count({ name }: ExportTable): Promise<number> {
    return this.#state.countRows(name);
  }

  async close(): Promise<void> {
    this.#state.close();
  }
}
