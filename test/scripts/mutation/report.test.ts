/** What is told of mutation testing: docs/mutation.md is written from it. */
import { expect, test } from "@jest/globals";
import { createScoreTable, type Result, readReport, scoreOf, updateReport } from "../../../scripts/mutation/report.ts";

const report = readReport();

test("a test notices 85 % of the mutants of each area at least", () => {
  expect(Object.entries(report.areas).filter(([, { all }]) => scoreOf(all) < 85)).toEqual([]);
});

test("each mutant that survived has one of the reasons, and each reason has a mutant", () => {
  const given = Object.values(report.survivors)
    .flat()
    .map(({ why }) => why);
  expect([...new Set(given)].sort()).toEqual(Object.keys(report.reasons).sort());
});

const mutant = { id: "1", file: "src/a.ts", line: 1, mutator: "ConditionalExpression", original: "a < b", nth: 0 };
const results: Result[] = [
  { ...mutant, replacement: "true", status: "survived" },
  { ...mutant, line: 2, replacement: "true", status: "uncovered" },
  { ...mutant, replacement: "false", status: "killed" },
  { ...mutant, mutator: "StringLiteral", replacement: '""', status: "timeout" },
];

test("the figures are those of the run, with and without texts, and what survived again keeps its reason", () => {
  const first = updateReport({ areas: {}, reasons: {}, survivors: {} }, "a", results, { of: 4, seed: "1" });
  expect(first.areas.a).toEqual({
    ...{ of: 4, seed: "1" },
    all: { mutants: 4, killed: 1, timeout: 1, survived: 1, uncovered: 1 },
    withoutWords: { mutants: 3, killed: 1, timeout: 0, survived: 1, uncovered: 1 },
  });
  const [survivor] = first.survivors.a ?? [];
  expect(first.survivors.a).toEqual([
    { file: "src/a.ts", mutator: "ConditionalExpression", original: "a < b", replacement: "true", count: 2 },
  ]);
  const looked = { ...first, survivors: { a: [{ ...survivor, why: "same" }] } } as typeof first;
  const again = updateReport(looked, "a", results.slice(1), { of: 4, seed: "1" });
  expect(again.survivors.a).toEqual([{ ...survivor, count: 1, why: "same" }]);
});

test("of a sample the table tells how many there are, and how many were tried and noticed", () => {
  const whole = { areas: {}, reasons: {}, survivors: {} };
  const table = createScoreTable(updateReport(whole, "a", results, { of: 1000, seed: "1" }));
  expect(table).toContain("| `a` | 1000 | 4 | 1 | 1 | 1 | 1 | 50.0 % | 33.3 % |");
});
