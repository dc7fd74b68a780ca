/** An import as the console's page shows it. */
import { columnNames } from "../../../src/data/contacts/column-names.ts";
import type { ImportPlan } from "../../../src/data/index.ts";
import type { ShownImport } from "./state.ts";

/** Of rows that are not valid, and of groups: the first of them are shown. */
const maxProblems = 100;
const maxClusters = 50;
const maxLines = 20;

export function toView({ file, settings, state, mapping, plan }: ShownImport) {
  const { name, size, rows, samples } = file;
  return {
    file: { name, size, description: rows.description, format: rows.format },
    settings: { ...settings, columns: undefined },
    fields: Object.keys(columnNames),
    columns: rows.columns.map((column, index) => ({
      name: column,
      target: mapping?.targets[index] ?? "-",
      samples: samples[index] ?? [],
    })),
    hasTags: mapping?.sources.has("tags") ?? false,
    state,
    plan: plan && toPlanView(plan),
  };
}

function toPlanView(plan: ImportPlan) {
  const { rows, valid, invalid, duplicates, held, unchanged, settled, open, requests, tagRequests, finishesAt } = plan;
  return {
    ...{ rows, valid, invalid, duplicates, held, unchanged, settled, open, requests, tagRequests, finishesAt },
    groups: plan.clusters.length,
    finishesInMs: toMsFromNow(finishesAt),
    problems: plan.problems.slice(0, maxProblems),
    clusters: plan.clusters.slice(0, maxClusters).map(({ lines, fields }) => ({
      lines: lines.slice(0, maxLines),
      more: Math.max(0, lines.length - maxLines),
      fields,
    })),
  };
}

/** The clock of the console may stand still, or run elsewhere: how long it takes is by the real one. */
function toMsFromNow(iso: string): number {
  return Math.max(0, Date.parse(iso) - Date.now());
}

export async function toRunView({ run, budget, state, plan }: ShownImport) {
  const hourly = await budget.hourly();
  if (run === null) return { hourly, run: null };
  const { progress, result, refusals, notes, failure } = run;
  const finishesInMs =
    state === "running" && progress.left > 0 ? (await budget.estimate(progress.left)) - Date.now() : 0;
  return {
    hourly,
    run: {
      ...progress,
      ...(result && { ...result, left: result.complete ? 0 : progress.left }),
      planned: plan?.requests ?? 0,
      finishesInMs: Math.max(0, finishesInMs),
      refusals,
      notes,
      failure,
    },
  };
}
