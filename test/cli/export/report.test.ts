/** How an export tells what it does: on a terminal, to a file, and to a program. */
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { createExportReport } from "../../../cli/export/report.ts";
import type { ExportProgress, ExportResult } from "../../../src/data/index.ts";
import { exportTo } from "../../../testing/exports/export-to.ts";
import { Inbox } from "../../../testing/exports/inbox.ts";
import { temporaryFolder } from "../../../testing/imports/import-file.ts";

const finishesAt = "2026-11-26T12:00:00.000Z";
const result: ExportResult = {
  ...{ rows: 1_234, requests: 56, completeUpTo: null, unknown: [{ what: "things", count: 2 }], complete: true },
  verified: { compared: 5, newer: 1, missing: 0, different: 0, extra: 3 },
};

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function reportTo({ tty = false, json = false, isStdoutTaken = false }) {
  const written = { stdout: "", stderr: "" };
  const io = {
    env: {},
    stdin: (async function* () {})(),
    stdout: { isTTY: tty, write: (text: string) => (written.stdout += text) },
    stderr: { isTTY: tty, write: (text: string) => (written.stderr += text) },
  };
  const report = createExportReport(io, { json, isStdoutTaken, estimate: async () => Date.parse(finishesAt) });
  return { report, written };
}

test("elsewhere than on a terminal there is a line a minute, and one when it is known what there is", async () => {
  const { report, written } = reportTo({});
  report.onProgress({ rows: 0, requests: 3, left: null });
  await jest.advanceTimersByTimeAsync(60_001);
  report.onProgress({ rows: 200, requests: 10, left: { conversations: 40, requests: 80 } });
  await jest.advanceTimersByTimeAsync(2 * 60_000);
  report.close();
  expect(written.stderr.trim().split("\n")).toEqual([
    "0 rows, 3 requests; reading the lists",
    expect.stringMatching(/^40 conversations to read: done at 2026-11-2\d \d\d:\d\d$/),
    expect.stringMatching(/^200 rows, 10 requests; 40 conversations left, done at 2026-11-2\d \d\d:\d\d$/),
    expect.stringMatching(/^200 rows, 10 requests; 40 conversations left, done at/),
  ]);
});

test("on a terminal it is one line that is written over, and gone at the end", async () => {
  const { report, written } = reportTo({ tty: true });
  report.onProgress({ rows: 200, requests: 10, left: { conversations: 40, requests: 80 } });
  await jest.advanceTimersByTimeAsync(1_000);
  await report.finish(result);
  report.close();
  expect(written.stderr).not.toContain("\n");
  expect(written.stderr.split("\r\u001b[2K").length).toBeGreaterThan(3);
  expect(written.stderr.endsWith("\r\u001b[2K")).toBe(true);
  expect(written.stdout).toBe(
    "Done: 1,234 rows, 56 requests\nNot complete: 2 things cannot be known\n  2: things\nRead again: 5 rows, 1 changed since and exported now, 0 missing, 0 different; 3 rows that OnSync does not give any more\n",
  );
});

test("where stdout is what is exported to, all else goes to stderr", async () => {
  const { report, written } = reportTo({ json: true, isStdoutTaken: true });
  await report.finish({ ...result, complete: false });
  report.close();
  expect(written.stdout).toBe("");
  expect(JSON.parse(written.stderr)).toMatchObject({ stopped: true, rows: 1_234, unknown: 2 });
});

test("the estimate takes a page for each conversation at first, and then as many as those before took", async () => {
  jest.useRealTimers();
  using folder = temporaryFolder();
  const told: NonNullable<ExportProgress["left"]>[] = [];
  const setup = { path: join(folder.path, "out"), onProgress: ({ left }: ExportProgress) => left && told.push(left) };
  await exportTo(folder.path, new Inbox().fill(12, 250), setup);
  expect(told[0]).toEqual({ conversations: 12, requests: 12 });
  expect(told.find(({ conversations }) => conversations === 6)).toEqual({ conversations: 6, requests: 18 });
  expect(told.at(-1)).toEqual({ conversations: 0, requests: 0 });
});
