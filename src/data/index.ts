/**
 * Moves data between files and OnSync (package entry `./data`): planned without a request, paced within a budget, resumable
 * wherever it is stopped.
 *
 * @example
 * const rows = await openRows("contacts.csv");
 * const options = { rows, mapping: mapColumns(rows.columns), country: "AE", tags: "keep", onDuplicate: "skip" } as const;
 * const budget = createBudget({ ledger, scope: onsync.baseUrl, share: 0.6 });
 * const journal = openJournal("contacts.csv.journal");
 * const plan = await planImport({ ...options, journal, budget });
 * const refused = new RefusedFile("contacts.refused.csv", rows);
 * const result = await runImport({ ...options, plan, journal, budget, onsync, refused });
 */
export { type Budget, type BudgetOptions, createBudget, defaultShare } from "./budget/budget.ts";
export { MovementStopped } from "./budget/paced-calls.ts";
export type { Cluster } from "./contacts/clusters.ts";
export {
  hasIdentifier,
  type Mapping,
  type MappingChanges,
  MappingError,
  mapColumns,
  parseMappingChanges,
  type Target,
} from "./contacts/mapping.ts";
export { CountryError, type TagMode, tagModes } from "./contacts/read-contact.ts";
export { ColumnTypeError } from "./export/columns.ts";
export type { Unknown } from "./export/completeness.ts";
export type { KnownId } from "./export/discover.ts";
export type { EventSource, FeedGap } from "./export/feed/feed.ts";
export type { ExportedPerson, PurgeableTarget, PurgedRows } from "./export/forget/purge.ts";
export type { ExportOptions, ExportProgress, ExportResult } from "./export/options.ts";
export { type Column, type ExportRow, type ExportTable, exportTables, type TableName } from "./export/records.ts";
export { runExport } from "./export/run.ts";
export { type DuckDbTargetOptions, openDuckDbTarget } from "./export/targets/duckdb.ts";
export { type FileTargetOptions, openFileTarget, reopenFileTarget } from "./export/targets/file-target.ts";
export { type PartFormat, partFormats } from "./export/targets/parts/part-format.ts";
export { TargetError } from "./export/targets/paths.ts";
export { openPostgresTarget, type PostgresTargetOptions } from "./export/targets/postgres.ts";
export { readStateMessage } from "./export/targets/singer.ts";
export { openStdoutTarget, type StdoutTargetOptions } from "./export/targets/stdout-target.ts";
export type { Batch, ExportTarget, StateChanges, StateEntry } from "./export/targets/target.ts";
export { type Verified, type VerifyScope, verifyScopes } from "./export/verify.ts";
export { type Journal, openJournal } from "./import/journal.ts";
export {
  type ChooseRow,
  type DuplicatePolicy,
  duplicatePolicies,
  type ImportPlan,
  type PlanOptions,
  planImport,
} from "./import/plan.ts";
export { type Refusal, RefusedFile, undoRefusals } from "./import/refused-file.ts";
export { type ImportCounts, type ImportProgress, type ImportResult, type RunOptions, runImport } from "./import/run.ts";
export type { ChooseContact } from "./import/save-row.ts";
export { openRows } from "./rows/open-rows.ts";
export { type Cell, FileError, type Problem, type Row, type RowFile } from "./rows/row.ts";
export { checkConflictsFile, writeConflicts } from "./sync/conflicts-file.ts";
export type { CrmStore } from "./sync/crm/crm.ts";
export { openCrmFile } from "./sync/crm/file.ts";
export { type CrmTableOptions, openCrmTable } from "./sync/crm/postgres.ts";
export { listFields, type Owner, type OwnerChoices, parseOwners, type SyncField } from "./sync/fields.ts";
export type { ContactEvents } from "./sync/inbox.ts";
export type { SyncConflict } from "./sync/match.ts";
export type { SyncCounts, SyncPlan, SyncResult } from "./sync/result.ts";
export { Sync, type SyncOptions } from "./sync/run.ts";
export { createMemoryState, openState, type StateStore, type SyncState } from "./sync/state.ts";
export { openSyncState } from "./sync/state-store.ts";
