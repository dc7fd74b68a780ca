/** Imports of several orgs in this process, as many as there are, each within its own hour. */
import { defaultBaseUrl } from "../../../src/api/index.ts";
import { parseBaseUrl } from "../../../src/client/options.ts";
import { createBudget } from "../../../src/data/budget/budget.ts";
import { FairSlots } from "../../../src/data/budget/fair-slots.ts";
import type { Cleanup } from "../../cleanup.ts";
import type { Io } from "../../output/io.ts";
import type { Log } from "../../output/log.ts";
import { openBudgetLedger } from "../../settings/budget.ts";
import { findBaseUrl } from "../../settings/environment.ts";
import { executeImport, prepareImport } from "../run-import.ts";
import type { OrgImport } from "./orgs-file.ts";
import type { OrgsOptions, Place } from "./place.ts";

export async function importHere(
  io: Io,
  options: OrgsOptions,
  imports: readonly OrgImport[],
  log: Log,
  cleanup: Cleanup,
): Promise<Place> {
  const ledger = await openBudgetLedger(io, options, log);
  cleanup.add(() => ledger.close());
  const slots = new FairSlots(options.concurrency, imports.length);
  return {
    async plan(of, index) {
      const { country, tags, onDuplicate, dryRun } = options;
      const scope = `${parseBaseUrl(findBaseUrl(of.env) ?? defaultBaseUrl)} ${of.org}`;
      const share = of.options.budget ?? options.budget;
      const budget = createBudget({ ledger, scope, share, slots: slots.of(index) });
      const own = Object.assign({ country, tags, onDuplicate, dryRun }, of.options, { budget });
      const ofOrg = { ...io, env: of.env };
      const prepared = await prepareImport(ofOrg, of.file, own, cleanup);
      return {
        ...{ name: prepared.files.name, plan: prepared.plan, planned: prepared.planned },
        run: ({ onProgress, onRefused, onNote }, signal) =>
          executeImport(ofOrg, prepared, log, { onProgress, onRefused, onNote, signal }),
      };
    },
  };
}
