/**
 * Writes docs/requests.md's tables: what each call of the client, each tool, each task of an assistant, and imports and exports
 * cost of the org's 1,000 requests an hour, counted at the reference: `npm run requests`. `test/scripts/requests.test.ts` says when
 * the page is stale; what the steps of a Zap cost is counted by `npm run zapier:costs`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureTask } from "../../testing/agent/measure.ts";
import { tasks } from "../../testing/agent/tasks/index.ts";
import { callCosts, countCalls } from "../../testing/requests/client-calls.ts";
import type { Cost } from "../../testing/requests/count.ts";
import { countMovements, movementCosts } from "../../testing/requests/movements.ts";
import { countTools, toolCosts } from "../../testing/requests/tools.ts";
import { formatTable } from "../tables/markdown.ts";
import { replaceTables } from "../tables.ts";

const root = join(import.meta.dirname, "../..");
const page = join(root, "docs/requests.md");

export type Row = Pick<Cost<never>, "of" | "when" | "least" | "why"> & { requests: number };

export function toRows(costs: readonly Omit<Row, "requests">[], counts: readonly number[]): Row[] {
  return costs.map((cost, index) => ({ ...cost, requests: counts[index] as number }));
}

export const taskRows = tasks.map(({ name, leastRequests, whyMore }) => ({
  of: name,
  least: leastRequests,
  ...(whyMore !== undefined && { why: whyMore }),
}));

/** @param what the head of the first column */
export function formatRequests(what: string, rows: readonly Row[]): string {
  const hasCases = rows.some(({ when }) => when !== undefined);
  return formatTable(
    [what, ...(hasCases ? [""] : []), "requests", "necessary", "why more"],
    rows.map(({ of, when = "", requests, least, why = "" }) => [
      of,
      ...(hasCases ? [when] : []),
      String(requests),
      String(least),
      requests > least ? why : "",
    ]),
  );
}

/** What a row is without the reason that it lacks, or has and does not need. */
export function listReasonMistakes(rows: readonly Row[]): string[] {
  return rows.flatMap(({ of, when = "", requests, least, why }) => {
    if (requests < least) return [`${of} ${when}: ${requests} requests are fewer than ${least}`];
    return requests > least === (why !== undefined) ? [] : [`${of} ${when}: ${why ? "needs no" : "lacks a"} reason`];
  });
}

export function readRequestPage(tables: Record<string, () => string>): { actual: string; expected: string } {
  const actual = readFileSync(page, "utf8");
  return { actual, expected: replaceTables(actual, tables) };
}

/** Puts tables into the page. */
export function writeRequestPage(tables: Record<string, () => string>): void {
  writeFileSync(page, readRequestPage(tables).expected);
}

/** All but tasks, each of which starts a server of its own, and Zaps. */
export async function countAll() {
  const calls = await countCalls();
  const tools = await countTools();
  const movements = await countMovements();
  const rows = {
    calls: toRows(callCosts, calls.counts),
    tools: toRows(toolCosts, tools.counts),
    movements: toRows(movementCosts, movements),
  };
  const tables = {
    "counted-calls": () => formatRequests("call of the client", rows.calls),
    "counted-tools": () => formatRequests("tool", rows.tools),
    "counted-movements": () => formatRequests("movement of data", rows.movements),
  };
  return { rows, tables, names: { calls: calls.names, tools: tools.names } };
}

if (import.meta.main) {
  const { tables } = await countAll();
  const counts: number[] = [];
  for (const task of tasks) counts.push((await measureTask(root, task)).requests);
  writeRequestPage({ ...tables, "counted-tasks": () => formatRequests("task", toRows(taskRows, counts)) });
  process.exit(0);
}
