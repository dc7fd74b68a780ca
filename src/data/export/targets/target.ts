/** Where an export goes. */
import type { ExportRow, ExportTable } from "../records.ts";

/** Rows of one table. Its columns are all that the export has met so far: a target adds those that it has not. */
export type Batch = { table: ExportTable; rows: readonly ExportRow[] };

/**
 * What an export remembers of how far it has come: small texts by name, such as the checkpoint of a conversation or the place
 * in the event log. They belong to the export; a target keeps them as they are. A value of `null` removes one.
 */
export type StateChanges = ReadonlyMap<string, string | null>;
export type StateEntry = { name: string; value: string };

export type ExportTarget = {
  readState(name: string): Promise<string | null>;
  /** Those whose names begin so, in the order of their bytes, after the one that is named. */
  listState(prefix: string, after: string | null, limit: number): Promise<StateEntry[]>;
  /**
   * Rows and state are there together, or neither is. A row takes the place of the one with its key, from this call or an earlier, unless that has a greater
   * version (`readVersion`).
   *
   * @returns how many rows were not there like this before
   */
  commit(batches: readonly Batch[], changes: StateChanges): Promise<number>;
  /** The export has come to its end: what others read of these tables is whole. Without it, they may not see the last rows. */
  finish(tables: readonly ExportTable[]): Promise<void>;
  /** The rows with these keys, as they were exported; those that are not there are left out. */
  read(table: ExportTable, keys: readonly string[]): Promise<ExportRow[]>;
  /** How many keys there are. */
  count(table: ExportTable): Promise<number>;
  /** All that was committed is on disk. */
  close(): Promise<void>;
};
