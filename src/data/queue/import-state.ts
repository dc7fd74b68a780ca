/** How an import that workers share stands, as all of them and whoever asked for it read it. */
import { createHash } from "node:crypto";
import type { MappingChanges } from "../contacts/mapping.ts";
import type { TagMode } from "../contacts/read-contact.ts";
import type { DuplicatePolicy } from "../import/plan.ts";
import type { ImportProgress, ImportResult } from "../import/run.ts";
import type { ImportStore } from "./store.ts";

/** What was asked for. It has no key: each worker has those of its own orgs' file. */
export type ImportJob = {
  org: string;
  baseUrl: string;
  /** As its owner calls it. */
  file: string;
  /** Of its content. */
  hash: string;
  changes: MappingChanges;
  country: string | null;
  tags: TagMode;
  onDuplicate: Exclude<DuplicatePolicy, "ask">;
  share: number;
};

export type ImportState = {
  job: ImportJob;
  /** The one that counts of those that were given for it. */
  ticket: string;
  phase: "queued" | "running" | "done" | "failed";
  /** Milliseconds since 1970, by the clock of whoever wrote it. */
  updatedAt: number;
  progress: (ImportProgress & { finishesAt: string }) | null;
  /** The workers that tried, and why each of those that could say so went no further; the latest last. */
  attempts: string[];
  result: ImportResult | null;
  failure: string | null;
  /** Whether somebody has been told of its end, and has its refused rows. */
  collected: boolean;
};

/** Names in the store of what is imported, and of what was refused. */
export const contactsFile = "contacts";
export const refusedFile = "refused";

/** One import of one file for one org: what is asked for under the same names goes on with the same journal. */
export function nameImport({ org, baseUrl, file }: Pick<ImportJob, "org" | "baseUrl" | "file">): string {
  return createHash("sha256")
    .update(JSON.stringify([baseUrl, org, file]))
    .digest("hex")
    .slice(0, 32);
}

export async function readState(store: ImportStore, key: string): Promise<ImportState | null> {
  const text = await store.readState(key);
  return text === null ? null : (JSON.parse(text) as ImportState);
}

export function isUnderWay(state: ImportState | null): boolean {
  return state?.phase === "queued" || state?.phase === "running";
}
