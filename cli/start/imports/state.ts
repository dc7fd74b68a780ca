/** What there is to know of an import on the console's page. */
import type { ImportSettings } from "../../../reference/index.ts";
import type * as data from "../../../src/data/index.ts";
import type { ColumnSamples } from "./samples.ts";

export type ImportState = "ready" | "running" | "stopped" | "done" | "failed";

export type ChosenSettings = Required<ImportSettings>;

/** How the run goes, or went. */
export type Run = {
  progress: data.ImportProgress;
  result: data.ImportResult | null;
  /** The first of them. */
  refusals: ({ line: number } & data.Refusal)[];
  notes: { line: number; text: string }[];
  /** Why it failed, and what to do. */
  failure: { message: string; advice: string } | null;
};

export type ImportedFile = { name: string; size: number; rows: data.RowFile; samples: ColumnSamples };

export type ShownImport = {
  file: ImportedFile;
  settings: ChosenSettings;
  state: ImportState;
  mapping: data.Mapping | null;
  /** `null`: no column tells contacts apart. */
  plan: data.ImportPlan | null;
  /** `null`: it has not begun. */
  run: Run | null;
  budget: data.Budget;
};
