/** What everything costs of the org's 1,000 requests an hour, and that docs/requests.md tells it. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "@jest/globals";
import {
  countAll,
  formatRequests,
  listReasonMistakes,
  readRequestPage,
  taskRows,
  toRows,
} from "../../scripts/requests/index.ts";

type Counted = Awaited<ReturnType<typeof countAll>>;
let counted: Counted;
beforeAll(async () => {
  counted = await countAll();
}, 60_000);

/** The requests of each task, as the page has them: `test/bench/agent.test.ts` counts some anew. */
function readTaskCounts(): number[] {
  const page = readFileSync(new URL("../../docs/requests.md", import.meta.url), "utf8");
  return taskRows.map(({ of }) => Number(page.split(`\n| ${of} | `)[1]?.split(" ")[0]));
}

test("docs/requests.md tells what calls, tools, imports and exports cost (else: npm run requests)", () => {
  const { actual, expected } = readRequestPage(counted.tables);
  expect(actual).toBe(expected);
});

test("docs/requests.md has the tasks of the benchmark as they are (else: npm run requests)", () => {
  const rows = toRows(taskRows, readTaskCounts());
  const { actual, expected } = readRequestPage({ "counted-tasks": () => formatRequests("task", rows) });
  expect(actual).toBe(expected);
});

test("what takes more requests than it must says why, and nothing else does", () => {
  const { calls, tools, movements } = counted.rows;
  const tasks = toRows(taskRows, readTaskCounts());
  expect([calls, tools, movements, tasks].flatMap(listReasonMistakes)).toEqual([]);
});

test("every call of the client and every tool is counted", () => {
  const { rows, names } = counted;
  const isMissing = (counts: readonly { of: string }[]) => (name: string) => !counts.some(({ of }) => of === name);
  expect([...names.calls.filter(isMissing(rows.calls)), ...names.tools.filter(isMissing(rows.tools))]).toEqual([]);
});
