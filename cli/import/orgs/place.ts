/** Where the imports of several orgs are done: in this process, or by workers that share a queue. */
import type { ImportPlan, ImportResult, PlanOptions, RunOptions } from "../../../src/data/index.ts";
import type { ImportOptions } from "../run-import.ts";
import type { OrgImport } from "./orgs-file.ts";

export type OrgsOptions = ImportOptions & { orgs: string; concurrency: number; queue?: string };

export type Told = Required<Pick<RunOptions, "onProgress" | "onRefused" | "onNote">>;

/** One org's import, ready to go. */
export type ReadyImport = {
  /** What its file is called. */
  name: string;
  plan: ImportPlan;
  planned: Omit<PlanOptions, "journal">;
  /** @returns what came of it, and the file of refused rows, if there is one */
  run(told: Told, signal: AbortSignal): Promise<{ result: ImportResult; errors: string | null }>;
};

export type Place = { plan(of: OrgImport, index: number): Promise<ReadyImport> };

/** One org's import, or why there can be none. */
export type PlannedOrg = { org: string } & ({ ready: ReadyImport } | { failure: string });
