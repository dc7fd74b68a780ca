/**
 * Writes into docs/zapier.md and docs/requests.md what each step of a Zap costs of the org's 1,000 requests an hour, as it is
 * measured against the reference: `npm run zapier:costs`. `test/zapier/costs.test.ts` says when a page is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { costSteps } from "../../testing/zapier/cost-steps.ts";
import { measureCosts } from "../../testing/zapier/costs.ts";
import { formatRequests, type Row, toRows, writeRequestPage } from "../requests/index.ts";
import { formatTable } from "../tables/markdown.ts";
import { replaceTables } from "../tables.ts";

const page = join(import.meta.dirname, "../../docs/zapier.md");

/** What the steps cost at commit 7ba0cef, measured in the same way: by operation and name. It did not have the others. */
const costsBefore: Readonly<Record<string, Record<string, number>>> = {
  "triggers.message_created": {
    "turning a Zap on": 1,
    "an event": 0,
    "an event, First Message Only": 0,
    "setting a Zap up": 6,
  },
  "triggers.message_updated": { "an event": 0, "setting a Zap up": 6 },
  "triggers.conversation_assigned": { "an event": 0, "setting a Zap up": 1 },
  "triggers.conversation_resolved": { "an event": 0, "setting a Zap up": 1 },
  "triggers.contact_created": { "an event": 0, "setting a Zap up": 1 },
  "triggers.contact_updated": { "an event": 0, "setting a Zap up": 1 },
  "triggers.contact_list": { "a page of the dropdown": 1 },
  "triggers.conversation_list": { "a page of the dropdown": 1 },
  "triggers.template_list": { "the dropdown": 1 },
  "creates.save_contact": {
    "a run": 1,
    "Find or Create, after a miss, by one identifier": 1,
    "Find or Create, after a miss, by all three": 1,
  },
  "creates.update_contact": { "a run": 1 },
  "creates.add_tags": { "a run": 3 },
  "creates.remove_tags": { "a run": 3 },
  "creates.send_message": {
    "the day's first run": 1,
    "a run": 1,
    "a run with a Client Reference, after 1,000 messages within the hour": 12,
  },
  "creates.send_template": { "a run": 1 },
  "searches.find_contact": { "a run": 1 },
  "searches.find_messages": { "a match on the newest message": 11, "no match": 11 },
  "searches.find_conversation": { "by address": 2, "by contact": 3 },
};

type Labelled = Record<string, Record<string, { display: { label?: string } }>>;

/** A row for each thing that can be done, with the names of all that it costs the same for. */
function formatCosts(app: object, costs: readonly (number | null)[]): string {
  const rows = new Map<string, { labels: string[]; cells: string[] }>();
  for (const [index, { name, of }] of costSteps.entries()) {
    const [kind = "", key = ""] = of.split(".");
    const label = (app as Labelled)[kind]?.[key]?.display.label ?? key;
    const cells = [name, ...[costsBefore[of]?.[name], costs[index]].map((cost) => (cost == null ? "–" : String(cost)))];
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

/** The rows of docs/requests.md. */
export function toZapRows(app: object, costs: readonly (number | null)[]): Row[] {
  const steps = costSteps.map(({ name, of, least, why }) => {
    const [kind = "", key = ""] = of.split(".");
    const label = (app as Labelled)[kind]?.[key]?.display.label ?? key;
    return { of: label, when: name, least, ...(why !== undefined && { why }) };
  });
  return toRows(steps, costs.map(Number));
}

export function zapTable(app: object, costs: readonly (number | null)[]): Record<string, () => string> {
  return { "counted-zaps": () => formatRequests("step", toZapRows(app, costs)) };
}

if (import.meta.main) {
  // The reference is at another address than OnSync's own: only staging's build goes there.
  process.env.ONSYNC_ZAPIER_BUILD = "staging";
  const { default: app } = await import("../../index.ts");
  const costs = await measureCosts(app);
  writeFileSync(page, readCostPage(app, costs).expected);
  writeRequestPage(zapTable(app, costs));
  process.exit(0);
}
