/** An import from a file to a client of a test's own, with everything in between. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, OnSync, SendLedger } from "../../src/client/index.ts";
import { createMemoryLedger } from "../../src/client/index.ts";
import {
  createBudget,
  type ImportPlan,
  type ImportResult,
  mapColumns,
  openJournal,
  openRows,
  planImport,
  RefusedFile,
  type RunOptions,
  runImport,
} from "../../src/data/index.ts";

export type ImportSetup = {
  onsync: OnSync;
  clock?: Clock;
  ledger?: SendLedger;
  share?: number;
  outageMs?: number;
} & Partial<
  Pick<RunOptions, "country" | "tags" | "onDuplicate" | "chooseRow" | "chooseContact" | "signal" | "onProgress">
> & {
    /** By column. */
    map?: Record<string, string>;
  };

/** A folder that goes with the test. */
export function temporaryFolder(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), "onsync-imports-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

export type Imported = { plan: ImportPlan; result: ImportResult; refused: string | null };

/** Plans and imports `contacts.csv` of the folder; its journal and its refused rows lie beside it. */
export async function importFile(folder: string, setup: ImportSetup): Promise<Imported> {
  const { onsync, clock, ledger = createMemoryLedger(clock ? { clock } : {}), share, map = {}, ...rest } = setup;
  const rows = await openRows(join(folder, "contacts.csv"));
  const options = {
    ...{ rows, mapping: mapColumns(rows.columns, map) },
    ...{ tags: "keep" as const, onDuplicate: "skip" as const, ...rest },
    budget: createBudget({ ledger, scope: onsync.baseUrl, share, ...(clock && { clock }) }),
  };
  const journal = openJournal(join(folder, "contacts.csv.journal"));
  try {
    const plan = await planImport({ ...options, journal });
    const refused = new RefusedFile(join(folder, "contacts.refused.csv"), rows);
    const result = await runImport({ ...options, plan, journal, onsync, refused, clock, random: () => 1 });
    return { plan, result, refused: result.complete ? refused.finish() : null };
  } finally {
    journal.close();
  }
}

export function writeContacts(folder: string, lines: readonly string[]): void {
  writeFileSync(join(folder, "contacts.csv"), lines.map((line) => `${line}\n`).join(""));
}

/** So many contacts with a number each, and a line of column names. */
export function numberedContacts(count: number): string[] {
  const rows = Array.from({ length: count }, (_, index) => `Sara ${index},+97150${String(1_000_000 + index)}`);
  return ["First Name,Phone", ...rows];
}
