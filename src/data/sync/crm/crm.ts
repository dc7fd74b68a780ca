/** Where a CRM's records are read, and the inbox's changes written back: a file or a table. */
import type { Cell, Problem } from "../../rows/row.ts";

export type CrmRow = {
  /** Where a person finds it: the line of a file; in a table its place in the order of keys. */
  line: number;
  cells: readonly Cell[];
  /** What it is known by from one sync to the next; `null`: its phone, e-mail or external id alone. */
  key: string | null;
  problem?: Problem | undefined;
};

export type CrmSnapshot = {
  rows: readonly CrmRow[];
  /** By which it is seen whether somebody has changed it since. */
  version: string;
};

/** By column. */
export type Cells = ReadonlyMap<number, Cell>;

export type CrmChanges = {
  /** By the number of the row, from 0. */
  edits: ReadonlyMap<number, Cells>;
  inserts: readonly Cells[];
};

/** The row as it is now, or why the CRM does not take it. */
export type Taken = (Pick<CrmRow, "cells" | "key"> & { problem?: undefined }) | { problem: string };

export type Written = { edits: ReadonlyMap<number, Taken>; inserts: readonly Taken[] };

export type CrmStore = {
  /** For a person: what it is called, and how it is written. */
  name: string;
  description: string;
  columns: readonly string[];
  /** The column of the keys; `null`: there is none. */
  keyColumn: number | null;
  /** Whether a spreadsheet may open it: an apostrophe stands before what it would take for a formula. */
  isSpreadsheet: boolean;
  /** @throws FileError that says how to mend it */
  read(): Promise<CrmSnapshot>;
  /**
   * Writes all of it or nothing.
   *
   * @param settle notes that it is written: in the same transaction, where there is one
   * @returns `null`: somebody has changed it since it was read, and nothing was done
   */
  write(
    snapshot: CrmSnapshot,
    changes: CrmChanges,
    settle: (written: Written) => Promise<void>,
  ): Promise<Written | null>;
};
