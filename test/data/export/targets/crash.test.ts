/**
 * A process that ends before each of its steps on the disk, one after the other: whatever is there then, the next one makes of it
 * an export in which each version of a row is there once.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { exportTables } from "../../../../src/data/export/records.ts";
import { type ExportTarget, type FileTargetOptions, openFileTarget } from "../../../../src/data/index.ts";
import { readParts, readRows } from "../../../../testing/exports/export-to.ts";
import { temporaryFolder } from "../../../../testing/imports/import-file.ts";

const { messages } = exportTables;

class Killed extends Error {}

type Message = { id: string; status: string; content: string; createdAt: string };

function message(number: number, status: string): Message {
  const createdAt = new Date(1_700_000_000_000 + number * 1_000).toISOString();
  return { id: `msg_${String(number).padStart(3, "0")}`, status, content: `Hi ${number}`, createdAt };
}

/** What is exported, commit by commit: new rows, one that moves on twice, one that comes late, the same again. */
const commits: Message[][] = [
  [message(1, "sent"), message(2, "sent"), message(3, "queued")],
  [message(2, "read"), message(4, "sent"), message(2, "delivered")],
  [message(1, "sent"), message(5, "sent")],
  [message(4, "read"), message(6, "sent"), message(7, "sent"), message(3, "failed")],
  [message(8, "sent"), message(3, "sent")],
];
const latest = new Map([
  ...([1, 5, 6, 7, 8] as const).map((number) => [message(number, "").id, message(number, "sent")] as const),
  ...([2, 4] as const).map((number) => [message(number, "").id, message(number, "read")] as const),
  [message(3, "").id, message(3, "failed")] as const,
]);

/** Goes on from the state, as a run does. */
async function work(target: ExportTarget): Promise<void> {
  for (let at = Number((await target.readState("at")) ?? 0); at < commits.length; at++)
    await target.commit([{ table: messages, rows: commits[at] ?? [] }], new Map([["at", String(at + 1)]]));
  await target.finish([messages]);
}

/** @param killAt before which step it ends; @returns how many steps it took where it did not */
async function live(options: FileTargetOptions, killAt: number): Promise<number> {
  let steps = 0;
  const onStep = () => {
    if (steps++ === killAt) throw new Killed();
  };
  let target: ExportTarget | undefined;
  try {
    target = openFileTarget({ ...options, onStep });
    await work(target);
    return steps;
  } catch (error) {
    if (error instanceof Killed) return -1;
    throw error;
  } finally {
    // The system does as much for a process that is killed: what it had open is closed.
    await target?.close();
  }
}

const layouts: Pick<FileTargetOptions, "layout" | "format">[] = [
  { layout: "folder", format: "ndjson" },
  { layout: "file", format: "ndjson" },
];

function optionsIn(folder: string, layout: (typeof layouts)[number]): FileTargetOptions {
  const path = join(folder, layout.layout === "file" ? "out.ndjson" : "out");
  return { path, ...layout, state: join(folder, "state"), maxPartRows: 4 };
}

test.each(layouts)(
  "killed before any of its steps: $layout of $format",
  async (layout) => {
    const count = await (async () => {
      using folder = temporaryFolder();
      return await live(optionsIn(folder.path, layout), -1);
    })();
    expect(count).toBeGreaterThan(15);
    for (let first = 0; first < count; first++)
      for (const second of [0, 1, 4]) {
        using folder = temporaryFolder();
        const options = optionsIn(folder.path, layout);
        await live(options, first);
        // Soon again, and then not any more.
        await live(options, second);
        expect(await live(options, -1)).toBeGreaterThan(-1);
        const rows = layout.layout === "file" ? readRows(options.path) : readParts(folder.path);
        expect(new Map(rows.map((row) => [row.id, row]))).toEqual(latest);
        const versions = rows.map((row) => JSON.stringify(row));
        expect(new Set(versions).size).toBe(versions.length);
        if (layout.layout === "file") expect(rows).toHaveLength(latest.size);
        const left = readdirSync(layout.layout === "file" ? folder.path : join(options.path, "messages"));
        expect(left.filter((name) => name.includes("onsync-"))).toEqual([]);
      }
  },
  120_000,
);

test("what a reader sees while it goes on is whole parts alone", async () => {
  using folder = temporaryFolder();
  const options = optionsIn(folder.path, layouts[0] as (typeof layouts)[number]);
  const target = openFileTarget({
    ...options,
    onStep() {
      const ids = readParts(folder.path).map((row) => JSON.stringify(row));
      expect(new Set(ids).size).toBe(ids.length);
    },
  });
  await work(target);
  await target.close();
  expect(readParts(folder.path).length).toBeGreaterThanOrEqual(latest.size);
});
