/** What a sync is going to do, does and has done, in figures. */
import type { ReadingMode } from "./inbox.ts";
import type { SyncConflict } from "./match.ts";

export type SyncCounts = {
  /** Of the CRM. */
  rows: number;
  /** Contacts of the inbox. */
  created: number;
  updated: number;
  /** Rows of the CRM. */
  changed: number;
  added: number;
  requests: number;
};

export type SyncResult = SyncCounts & {
  conflicts: readonly SyncConflict[];
  /** Contacts whose row is gone from the CRM, and rows whose contact is gone from OnSync: both are left alone. */
  rowsGone: number;
  contactsGone: number;
  /** Contacts of the inbox that have no row, and nothing by which a row would be known again. */
  unidentified: number;
  /** One by one: contacts that are new in the inbox cannot be known. */
  reading: ReadingMode;
  /** Whether it came to its end. */
  complete: boolean;
};

export type SyncPlan = {
  rows: number;
  /** Rows without a contact that is known: they are found, or made. */
  new: number;
  /** Contacts that are changed. */
  changed: number;
  /** Rows that are changed or added; `null`: known when the inbox is read. */
  toCrm: number | null;
  conflicts: readonly SyncConflict[];
  reading: { how: ReadingMode; requests: number };
  /** What must be repeated comes on top. */
  requests: number;
  /** ISO 8601. */
  finishesAt: string;
};
