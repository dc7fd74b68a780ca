/** An export to files of a test's own, with everything in between, and what is in those files as a stranger reads them. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Clock, systemClock } from "../../src/client/clock.ts";
import { createMemoryLedger, createOnSync } from "../../src/client/index.ts";
import {
  createBudget,
  type ExportOptions,
  type ExportResult,
  type FileTargetOptions,
  openFileTarget,
  runExport,
} from "../../src/data/index.ts";
import type { Inbox } from "./inbox.ts";

export const apiKey = "onsync_pk_test_export";

export type ExportSetup = Partial<Omit<ExportOptions, "target" | "onsync" | "budget">> &
  Partial<FileTargetOptions> & { outageMs?: number };

/** Exports messages into `out` of the folder; its state lies beside it. */
export async function exportTo(folder: string, inbox: Inbox, setup: ExportSetup = {}): Promise<ExportResult> {
  const { path = join(folder, "out"), layout = "folder", format = "ndjson", maxPartRows, onStep, ...rest } = setup;
  const state = setup.state ?? join(folder, "out.state");
  const target = openFileTarget({ path, layout, format, state, maxPartRows, onStep });
  try {
    const { clock } = setup;
    const own = { apiKey, baseUrl: "http://127.0.0.1/v1", transport: inbox.transport, maxAttempts: 1 };
    const onsync = createOnSync({ ...own, ...(clock && { clock }) });
    const budget = createBudget({ ledger: createMemoryLedger(), scope: "test", share: 1 });
    return await runExport({ tables: ["messages"], apiKey, random: () => 0, ...rest, target, onsync, budget });
  } finally {
    await target.close();
  }
}

/** A clock whose waits are over at once: it is as much later then. */
export function createHastyClock(): Clock {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    sleep: async (ms) => {
      ahead += ms;
    },
  };
}

/** The parts of a table, in the order of their names. */
export function listParts(folder: string, table = "messages"): string[] {
  const path = join(folder, "out", table);
  return existsSync(path)
    ? readdirSync(path)
        .filter((name) => name.startsWith("part-"))
        .sort()
    : [];
}

/** The rows of all parts, as often as they are there. */
export function readParts(folder: string, table = "messages"): Record<string, unknown>[] {
  return listParts(folder, table).flatMap((name) => readRows(join(folder, "out", table, name)));
}

export function readRows(path: string): Record<string, unknown>[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
