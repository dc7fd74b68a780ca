/** The plan of a sync and what came of it, for a person. */
import type { CrmStore, SyncConflict, SyncField, SyncPlan, SyncResult } from "../../src/data/index.ts";
import { formatCount, formatTime } from "../import/plan-text.ts";
import { formatTable } from "../output/table.ts";

const maxShown = 10;

type Shown = {
  from: CrmStore | null;
  to: CrmStore | null;
  fields: readonly SyncField[];
  hourly: { limit: number; allowed: number };
};

export function formatPlan(plan: SyncPlan, shown: Shown): string {
  const { from, to, fields } = shown;
  const place = from ?? to;
  const lines = [
    `${place?.name}: ${formatCount(plan.rows, "row")} (${place?.description}), ${formatDirection(shown)}`,
    "",
    formatFields(place?.columns ?? [], fields),
    formatReading(plan),
    ...formatWrites(plan, shown),
    ...formatConflicts(plan.conflicts),
    "Rows and contacts that are deleted on one side stay on the other",
    formatRequests(plan, shown),
    "",
  ];
  return lines.join("\n");
}

function formatDirection({ from, to }: Shown): string {
  if (from === null) return "from OnSync to the CRM";
  if (to === null) return "from the CRM to OnSync";
  return to === from ? "both ways" : `both ways, the inbox's changes to ${to.name}`;
}

const ownerNames = { crm: "owned by the CRM", inbox: "owned by the inbox", either: "owned by nobody" };

function formatFields(columns: readonly string[], fields: readonly SyncField[]): string {
  const table = columns.map((name, index) => {
    const field = fields.find(({ column }) => column === index);
    const shown = `  ${name.replace(/\s+/g, " ")}`;
    return field ? [shown, `is ${field.name}`, ownerNames[field.owner]] : [shown, "left alone", ""];
  });
  return formatTable(table);
}

function formatReading({ reading: { how, requests } }: SyncPlan): string {
  const count = formatCount(requests, "request");
  switch (how) {
    case "events":
      return `The inbox is known from the events; ${count} for what they leave open`;
    case "list":
      return `The inbox is read in ${count}`;
    case "one by one":
      return `The inbox is read in ${count}, one for each contact: with --events it takes none`;
    case "unknown":
      return "The inbox is read whole this first time, a hundred contacts a request where OnSync lists them";
  }
}

function formatWrites({ new: creations, changed, toCrm }: SyncPlan, { from, to }: Shown): string[] {
  const inbox = `${formatCount(creations, "row")} without a contact that is known, ${formatCount(changed, "contact")} to be changed`;
  const crm =
    toCrm === null
      ? "What the inbox has changed is known when it is read"
      : `${formatCount(toCrm, "row")} to be changed or added`;
  return [...(from ? [inbox] : []), ...(to ? [crm] : [])];
}

function formatConflicts(conflicts: readonly SyncConflict[]): string[] {
  if (conflicts.length === 0) return [];
  const listed = conflicts.slice(0, maxShown).map(({ line, contactId, field, reason }) => {
    const where = line === null ? contactId : `line ${line}`;
    return `  ${where}: ${field}${field ? " " : ""}${reason}`;
  });
  const more = conflicts.length > maxShown ? [`  and ${conflicts.length - maxShown} more`] : [];
  return [`${formatCount(conflicts.length, "conflict")}, left as they are`, ...listed, ...more];
}

function formatRequests({ requests, finishesAt }: SyncPlan, { hourly: { limit, allowed } }: Shown): string {
  const pace = `${allowed.toLocaleString("en-US")} an hour of the org's ${limit.toLocaleString("en-US")}`;
  return `${formatCount(requests, "request")} at ${pace}: done at ${formatTime(finishesAt)}`;
}

export function formatResult(result: SyncResult, conflictsFile: string | null): string {
  const { complete, rows, created, updated, changed, added, conflicts, requests } = result;
  const lines = [
    `${complete ? "Done" : "Stopped"}: ${formatCount(rows, "row")}; in OnSync ${created} created, ${updated} updated; in the CRM ${changed} changed, ${added} added; ${formatCount(conflicts.length, "conflict")}, ${formatCount(requests, "request")}`,
    ...formatConflicts(conflicts),
    ...(conflictsFile === null ? [] : [`They are in ${conflictsFile}: make both sides the same, and run it again`]),
    ...formatLeft(result),
    ...(complete ? [] : ["Run the same command again to go on"]),
  ];
  return `${lines.join("\n")}\n`;
}

function formatLeft({ rowsGone, contactsGone, unidentified, reading }: SyncResult): string[] {
  return [
    ...(rowsGone > 0 ? [`${formatCount(rowsGone, "contact")} left alone, whose row is gone from the CRM`] : []),
    ...(contactsGone > 0 ? [`${formatCount(contactsGone, "row")} left alone, whose contact is gone from OnSync`] : []),
    ...(unidentified > 0
      ? [
          `${formatCount(unidentified, "contact")} not written to the CRM: no phone, e-mail or external id in its columns`,
        ]
      : []),
    ...(reading === "one by one"
      ? ["This OnSync lists no contacts: those that are new in the inbox are seen with --events alone"]
      : []),
  ];
}
