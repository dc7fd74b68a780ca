/** The plan of an import, for a person and for a program. */
import type { ImportPlan, Mapping, PlanOptions, RowFile } from "../../src/data/index.ts";
import type { Io } from "../output/io.ts";
import { formatTable } from "../output/table.ts";
import { printWrapped } from "../output/wrap.ts";

const maxShown = 10;

type Planned = { rows: RowFile; mapping: Mapping };

/** The plan as one event of `--json`. */
export function toPlanEvent(plan: ImportPlan, { rows: file, mapping }: Planned): object {
  const { rows, valid, invalid, duplicates, unchanged, requests, finishesAt, held, settled, open, tagRequests } = plan;
  const counted = {
    rows,
    valid,
    invalid,
    duplicates,
    unchanged,
    requests,
    finishesAt,
    held,
    settled,
    open,
    tagRequests,
  };
  const columns = Object.fromEntries(file.columns.map((name, index) => [name, mapping.targets[index]]));
  const problems = plan.problems.slice(0, maxShown);
  return { plan: true, ...counted, mapping: columns, problems };
}

type Shown = Pick<PlanOptions, "rows" | "mapping" | "tags"> & { hourly: { limit: number; allowed: number } };

export async function printPlan(io: Io, name: string, plan: ImportPlan, shown: Shown): Promise<void> {
  const lines = [
    `${name}: ${formatCount(plan.rows, "row")} (${shown.rows.description})`,
    "",
    formatMapping(shown),
    ...formatCounts(plan),
    ...formatProblems(plan),
    ...formatClusters(plan),
    ...formatTags(plan, shown),
    formatRequests(plan, shown.hourly),
    "",
  ];
  await printWrapped(io.stdout, lines.join("\n"));
}

/** As in `1 request` and `1,000 requests`. */
export function formatCount(number: number, what: string): string {
  return `${number.toLocaleString("en-US")} ${what}${number === 1 ? "" : "s"}`;
}

function formatMapping({ rows, mapping }: Shown): string {
  const table = rows.columns.map((name, index) => {
    const target = mapping.targets[index] ?? "-";
    // A name may have line ends of its own.
    return [`  ${name.replace(/\s+/g, " ")}`, target === "-" ? "left out" : `is ${target}`];
  });
  return formatTable(table);
}

function formatCounts({ valid, invalid, unchanged, settled, open }: ImportPlan): string[] {
  return [
    `${formatCount(valid, "row")} valid, ${invalid.toLocaleString("en-US")} not, ${unchanged.toLocaleString("en-US")} unchanged since the last import`,
    ...(settled > 0 ? [`${formatCount(settled, "row")} done by the import that this one goes on with`] : []),
    ...(open > 0 ? [`${formatCount(open, "row")} on their way when it ended: they are sent again`] : []),
  ];
}

function formatProblems({ problems, invalid }: ImportPlan): string[] {
  const listed = problems
    .slice(0, maxShown)
    .map(({ line, field, reason }) => `  line ${line}: ${field}${field ? " " : ""}${reason}`);
  return invalid > maxShown ? [...listed, `  and ${invalid - maxShown} more`] : listed;
}

function formatClusters({ clusters, duplicates, held }: ImportPlan): string[] {
  if (clusters.length === 0) return [];
  const listed = clusters.slice(0, maxShown).map(({ lines, fields }) => {
    const shown = lines.slice(0, maxShown).join(", ");
    return `  lines ${shown}${lines.length > maxShown ? " …" : ""} share ${fields.join(" and ")}`;
  });
  const more = clusters.length > maxShown ? [`  and ${clusters.length - maxShown} groups more`] : [];
  return [
    `${formatCount(duplicates, "row")} in ${formatCount(clusters.length, "group")} that share an identifier; ${held} of them are not sent`,
    ...listed,
    ...more,
  ];
}

function formatTags({ tagRequests }: ImportPlan, { mapping, tags }: Shown): string[] {
  if (!mapping.sources.has("tags")) return [];
  switch (tags) {
    case "keep":
      return [
        "Tags are left alone: --tags replace takes the file's at no further request, --tags add at one more for a contact that lacks one",
      ];
    case "add":
      return [`Tags are added: that takes up to ${formatCount(tagRequests, "request")} of those below`];
    case "replace":
      return [
        "Tags are put in the place of those that are there, at no further request; an empty cell leaves them alone",
      ];
  }
}

function formatRequests({ requests, finishesAt }: ImportPlan, { limit, allowed }: Shown["hourly"]): string {
  if (requests === 0) return "Nothing is to be sent.";
  const pace = `${allowed.toLocaleString("en-US")} an hour of the org's ${limit.toLocaleString("en-US")}`;
  return `${formatCount(requests, "request")} at ${pace}: done at ${formatTime(finishesAt)}`;
}

/** In the time zone of whoever reads it. */
export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });
}
