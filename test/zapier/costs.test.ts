/** What the steps cost of the org's 1,000 requests an hour, and that the page tells it. */
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import App from "../../index.ts";
import { listReasonMistakes, readRequestPage } from "../../scripts/requests/index.ts";
import { readCostPage, toZapRows, zapTable } from "../../scripts/zapier/costs.ts";
import { costSteps } from "../../testing/zapier/cost-steps.ts";
import { measureCosts } from "../../testing/zapier/costs.ts";

let costs: (number | null)[];
beforeAll(async () => {
  const quiet = jest.spyOn(console, "log").mockImplementation(() => {});
  // As in test/zapier/app.test.ts.
  const usage = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
  jest.spyOn(process, "memoryUsage").mockReturnValue(usage);
  costs = await measureCosts(App);
  quiet.mockRestore();
}, 30_000);
afterAll(() => void jest.restoreAllMocks());

test("docs/zapier.md tells what each step costs (else: npm run zapier:costs)", () => {
  const { actual, expected } = readCostPage(App, costs);
  expect(actual).toBe(expected);
});

test("docs/requests.md tells it, too, with the reason where a step takes more than it must (else: npm run zapier:costs)", () => {
  const { actual, expected } = readRequestPage(zapTable(App, costs));
  expect(actual).toBe(expected);
  expect(listReasonMistakes(toZapRows(App, costs))).toEqual([]);
});

test("every trigger, action and search is measured", () => {
  const measured = new Set(costSteps.map(({ of }) => of));
  const all = (["triggers", "creates", "searches"] as const).flatMap((kind) =>
    Object.keys(App[kind] ?? {}).map((key) => `${kind}.${key}`),
  );
  expect(all.filter((each) => !measured.has(each))).toEqual([]);
});

test("no two steps have the same operation and name, by which the page knows what they cost before", () => {
  const names = costSteps.map(({ of, name }) => `${of}: ${name}`);
  expect(names).toEqual([...new Set(names)]);
});

test("no step costs more than three requests, but the one that the page names", () => {
  const dear = costSteps.filter((_step, index) => (costs[index] ?? 0) > 3).map(({ of, name }) => `${of}: ${name}`);
  expect(dear).toEqual(["creates.save_contact: Find or Create, after a miss, by all three"]);
});
