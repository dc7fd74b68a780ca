/** How an import tells what it does: on a terminal, to a file, and to a program. */
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { createReport } from "../../../cli/import/report.ts";
import type { ImportPlan } from "../../../src/data/index.ts";

const plan = { requests: 100 } as ImportPlan;
const progress = { rows: 40, created: 30, updated: 5, unchanged: 3, refused: 2, left: 60 };
const finishesAt = "2026-11-26T12:00:00.000Z";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function reportTo(tty: boolean, json: boolean, isAsking = () => false) {
  const written = { stdout: "", stderr: "" };
  const io = {
    env: {},
    stdin: (async function* () {})(),
    stdout: { isTTY: tty, write: (text: string) => (written.stdout += text) },
    stderr: { isTTY: tty, write: (text: string) => (written.stderr += text) },
  };
  const report = createReport(io, plan, { json, estimate: async () => Date.parse(finishesAt), isAsking });
  return { report, written };
}

test("elsewhere than on a terminal it is a line a minute, also while nothing happens", async () => {
  const { report, written } = reportTo(false, false);
  report.onProgress(progress);
  await jest.advanceTimersByTimeAsync(3 * 60_000 + 1);
  const lines = written.stderr.trim().split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(
    /^40 rows: 30 created, 5 updated, 3 unchanged, 2 refused; 60 requests left, done at 2026-11-2\d \d\d:\d\d$/,
  );
  report.close();
  await jest.advanceTimersByTimeAsync(10 * 60_000);
  expect(written.stderr.trim().split("\n")).toHaveLength(3);
});

test("on a terminal it is one line that is written over, and gone at the end", async () => {
  const { report, written } = reportTo(true, false);
  report.onProgress(progress);
  await jest.advanceTimersByTimeAsync(1_000);
  await report.finish({ ...progress, requests: 100, lost: 1, open: 0, complete: true }, "contacts.refused.csv");
  report.close();
  expect(written.stderr).not.toContain("\n");
  expect(written.stderr.split("\r\u001b[2K").length).toBeGreaterThan(3);
  expect(written.stderr.endsWith("\r\u001b[2K")).toBe(true);
  expect(written.stdout).toContain(
    "Done: 40 rows, 30 created, 5 updated, 3 unchanged, 2 refused; 100 requests\n1 of them were sent again",
  );
});

test("with --json it is a line for each event", async () => {
  const { report, written } = reportTo(false, true);
  report.onProgress(progress);
  report.onRefused({ line: 7, cells: [] }, { field: "phone", reason: "is no number", requestId: "req_1" });
  report.onNote({ line: 8, cells: [] }, "phone left out");
  await jest.advanceTimersByTimeAsync(60_001);
  await report.finish({ ...progress, requests: 100, lost: 0, open: 0, complete: true }, null);
  report.close();
  expect(
    written.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { refused: true, line: 7, field: "phone", reason: "is no number", requestId: "req_1" },
    { note: true, line: 8, text: "phone left out" },
    { progress: true, ...progress, finishesAt },
    {
      done: true,
      rows: 40,
      created: 30,
      updated: 5,
      unchanged: 3,
      refused: 2,
      left: 60,
      requests: 100,
      lost: 0,
      open: 0,
      errors: null,
    },
  ]);
});

test("stopped, it says how to go on", async () => {
  const { report, written } = reportTo(false, false);
  await report.finish({ ...progress, requests: 40, lost: 0, open: 1, complete: false }, null);
  report.close();
  expect(written.stdout).toContain("Stopped: 40 rows");
  expect(written.stdout).toContain("Run the same command again to go on\n");
});

test("a question on the terminal is not written over", async () => {
  const { report, written } = reportTo(true, false, () => true);
  report.onProgress(progress);
  await jest.advanceTimersByTimeAsync(1_000);
  report.close();
  expect(written.stderr).toBe("");
});
