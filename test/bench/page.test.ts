/** docs/benchmarks.md, as it is written from what was measured. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { writePage } from "../../bench/harness/page.ts";
import type { Question, Table } from "../../bench/harness/question.ts";
import { keepTable, readResults } from "../../bench/harness/results.ts";
import { questions } from "../../bench/questions.ts";

const docs = join(import.meta.dirname, "../../docs");
const question: Question = { name: "sums", title: "Sums", about: "Two and two.", measure: async () => [] };

function writeTable(table: Partial<Table>): string {
  const whole: Table = { what: "way", measures: [{ name: "ms", compared: true }], base: "bare", rows: [], ...table };
  const answer = { commit: "abc", node: "v24.0.0", machine: "2 cores", seconds: 3, tables: [keepTable(whole)] };
  return writePage([question], { sums: answer }).markdown;
}

const bare = { name: "bare", values: [[10, 20, 40, 10, 10]] };

test("docs/benchmarks.md and its charts are written from docs/benchmarks.json (else: npm run bench -- --page)", () => {
  const { markdown, charts } = writePage(questions, readResults());
  expect(readFileSync(join(docs, "benchmarks.md"), "utf8")).toBe(markdown);
  for (const [file, svg] of charts) expect(readFileSync(join(docs, "images", file), "utf8")).toBe(svg);
});

test("its charts are plain SVG, without a script", () => {
  for (const [file, svg] of writePage(questions, readResults()).charts) {
    expect(existsSync(join(docs, "images", file))).toBe(true);
    expect(svg).toMatch(/^<svg /);
    expect(svg).not.toMatch(/<script|href/);
  }
});

describe("a ratio", () => {
  test("is the median of each round's, so that a slow round falls on both sides", () => {
    expect(writeTable({ rows: [bare, { name: "ours", values: [[20, 40, 80, 20, 20]] }] })).toContain(
      "| ours | 2.00 | 20 |",
    );
  });

  test("is not given where its rounds leave it uncertain by more than a quarter of it", () => {
    const page = writeTable({ rows: [bare, { name: "ours", values: [[10, 40, 200, 20, 60]], aim: { atMost: 3 } }] });
    expect(page).toContain("| ours | differs too much (± 105 %) | at most 3 | 40 |");
  });

  test("says what it may be off by, and whether its aim is too close to tell", () => {
    const ours = { name: "ours", values: [[20, 44, 72, 20, 22]] };
    // Of 1.8, 2, 2, 2.2 and 2.2 in each round: quartiles 0.2 apart.
    expect(writeTable({ rows: [bare, { ...ours, aim: { atMost: 2.1 } }] })).toContain(
      "| ours | 2.00 ± 0.14 | at most 2.1: too close to tell |",
    );
    expect(writeTable({ rows: [bare, { ...ours, aim: { atMost: 2.2 } }] })).toContain("at most 2.2: met");
  });

  test.each([
    [{ atMost: 2 }, "at most 2: met"],
    [{ atMost: 1.9 }, "at most 1.9: not met"],
    [{ atLeast: 2 }, "at least 2: met"],
    [{ atLeast: 2.1 }, "at least 2.1: not met"],
  ])("stands beside its aim, %j", (aim, said) => {
    expect(writeTable({ rows: [bare, { name: "ours", values: [[20, 40, 80, 20, 20]], aim }] })).toContain(said);
  });

  test("of what was not measured is none", () => {
    expect(writeTable({ rows: [bare, { name: "ours", values: [[]] }] })).toContain("| ours | – | – |");
  });
});

test("a question that was never asked has no section, and each answer says on what it was measured", () => {
  expect(writePage([question], {}).markdown).not.toContain("Sums");
  expect(writeTable({ rows: [bare] })).toContain("Measured at commit abc, Node 24.0.0, 2 cores, in 3 s.");
});
