/**
 * Writes into docs/zapier.md what each step of a Zap costs of the org's 1,000 requests an hour, as it is measured against the
 * reference: `npm run zapier:costs`. `test/zapier/costs.test.ts` says when the page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costSteps, measureCosts } from "../../testing/zapier/costs.ts";
import { formatTable } from "../tables/markdown.ts";
import { replaceTables } from "../tables.ts";

const page = join(import.meta.dirname, "../../docs/zapier.md");

/** What the steps cost at commit 7ba0cef, measured in the same way; `null`: it had no such step. */
const costsBefore: readonly (number | null)[] = [
  1,
  0,
  0,
  0,
  0,
  0,
  0,
  0,
  6,
  6,
  1,
  1,
  1,
  1,
  1,
  1,
  1,
  1,
  1,
  1,
  1,
  3,
  3,
  1,
  1,
  12,
  1,
  null,
  1,
  11,
  11,
  2,
  3,
  null,
  null,
];

type Labelled = Record<string, Record<string, { display: { label?: string } }>>;

/** A row for each thing that can be done, with the names of all that it costs the same for. */
function formatCosts(app: object, costs: readonly (number | null)[]): string {
  const rows = new Map<string, { labels: string[]; cells: string[] }>();
  for (const [index, { name, of }] of costSteps.entries()) {
    const [kind = "", key = ""] = of.split(".");
    const label = (app as Labelled)[kind]?.[key]?.display.label ?? key;
    const cells = [name, ...[costsBefore[index], costs[index]].map((cost) => (cost == null ? "–" : String(cost)))];
    const row = rows.get(cells.join("|")) ?? { labels: [], cells };
    row.labels.push(label);
    rows.set(cells.join("|"), row);
  }
  return formatTable(
    ["Step", "", "Before", "Now"],
    [...rows.values()].map(({ labels, cells }) => [labels.join(", "), ...cells]),
  );
}

/** The page as it is, and as it should be. */
export function readCostPage(app: object, costs: readonly (number | null)[]): { actual: string; expected: string } {
  const actual = readFileSync(page, "utf8");
  return { actual, expected: replaceTables(actual, { costs: () => formatCosts(app, costs) }) };
}

if (import.meta.main) {
  // The reference is at another address than OnSync's own: only staging's build goes there.
  process.env.ONSYNC_ZAPIER_BUILD = "staging";
  const { default: app } = await import("../../index.ts");
  writeFileSync(page, readCostPage(app, await measureCosts(app)).expected);
  process.exit(0);
}
