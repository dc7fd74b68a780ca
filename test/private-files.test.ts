/** Files with customers' words, keys and secrets are for their owner alone, whatever the umask is and whatever they were. */
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createReference } from "../reference/index.ts";
import { openSqliteLedger } from "../src/ledger/sqlite/sqlite-ledger.ts";
import { openSqliteStore } from "../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../testing/events.ts";

let umask: number;
beforeAll(() => {
  umask = process.umask(0);
});
const folders: string[] = [];
afterAll(() => {
  process.umask(umask);
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "onsync-private-"));
  folders.push(folder);
  return folder;
}

/** Everything in the folder that somebody else than its owner may read, write or list, with its mode. */
function openToOthers(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => ({ name, mode: statSync(join(folder, name)).mode & 0o777 }))
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ name, mode }) => `${name} ${mode.toString(8)}`);
}

/** Opens the file, writes to it so that its journals are there, and gives what closes it. */
const kinds: [string, (file: string) => Promise<() => unknown>][] = [
  [
    "the reference's data",
    async (file) => {
      const reference = createReference({ data: file, seed: "demo" });
      return () => reference.close();
    },
  ],
  [
    "the events",
    async (file) => {
      const store = openSqliteStore({ file });
      await store.accept(toIncoming(messageEvent("evt_1")));
      return () => store.close();
    },
  ],
  [
    "the ledger",
    async (file) => {
      const ledger = openSqliteLedger({ file });
      await ledger.list();
      return () => ledger.close();
    },
  ],
];

describe.each(kinds)("%s", (_what, open) => {
  test("are made for their owner alone, with their journals, while they are open and after", async () => {
    const folder = newFolder();
    const close = await open(join(folder, "data.db"));
    expect(readdirSync(folder).length).toBeGreaterThan(1);
    expect(openToOthers(folder)).toEqual([]);
    await close();
    expect(openToOthers(folder)).toEqual([]);
  });

  test("lose the rights of others that an older version left, also of a journal that a crash left behind, by any path", async () => {
    const folder = newFolder();
    const file = join(folder, "data.db");
    await (await open(file))();
    // As after a crash: somebody else keeps the journals from being removed.
    const reader = new DatabaseSync(file);
    reader.prepare("SELECT count(*) FROM sqlite_schema").get();
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o666);
    expect(openToOthers(folder).length).toBeGreaterThan(1);
    const link = join(newFolder(), "link.db");
    symlinkSync(file, link);
    const close = await open(link);
    expect(openToOthers(folder)).toEqual([]);
    await close();
    reader.close();
    expect(openToOthers(folder)).toEqual([]);
  });

  test("a file of another program keeps its rights", async () => {
    const folder = newFolder();
    const file = join(folder, "diary.txt");
    writeFileSync(file, "Dear diary, ".repeat(100), { mode: 0o644 });
    await expect(open(file)).rejects.toThrow();
    expect(openToOthers(folder)).toEqual(["diary.txt 644"]);
  });
});
