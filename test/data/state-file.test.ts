/** The file that remembers how far a movement of data has come: ours, for one process, for its owner. */
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { formatError } from "../../cli/output/error-report.ts";
import { openJournal } from "../../src/data/index.ts";
import { openSyncState } from "../../src/data/sync/state-store.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { temporaryFolder } from "../../testing/imports/import-file.ts";

test("one import at a time has a journal, and the next one finds what it noted", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.csv.journal");
  const journal = openJournal(file);
  journal.setFact("org", "org_1");
  expect(() => openJournal(file)).toThrow("another process has it open");
  journal.close();
  const next = openJournal(file);
  expect(next.fact("org")).toBe("org_1");
  next.close();
  expect(statSync(file).mode & 0o077).toBe(0);
});

test("another program's file, a link and a folder that is not there are refused, and left as they are", async () => {
  using folder = temporaryFolder();
  const ledger = join(folder.path, "sends.db");
  await openSqliteLedger({ file: ledger }).close();
  expect(() => openJournal(ledger)).toThrow("it is not the journal of an import");
  const text = join(folder.path, "contacts.csv");
  writeFileSync(text, "Name,Phone\nSara,+971500000000\n".repeat(100));
  expect(() => openJournal(text)).toThrow("cannot be the journal of an import");
  expect(readFileSync(text, "utf8")).toHaveLength(3_000);
  symlinkSync(ledger, join(folder.path, "link"));
  expect(() => openJournal(join(folder.path, "link"))).toThrow("symbolic link");
  expect(() => openJournal(join(folder.path, "none", "journal"))).toThrow("its folder is not there");
});

test.each([
  // SQLite notices no damage within a text.
  ["a row that is no JSON any more", "UPDATE contacts SET record = '{'"],
  ["without one of its tables", "DROP TABLE contacts"],
])("a damaged state of a sync, %s, is refused in a sentence that says what to do", async (_how, damage) => {
  using folder = temporaryFolder();
  const file = join(folder.path, "contacts.csv.sync");
  const state = openSyncState(file);
  const record = {
    id: "a",
    key: "a",
    linked: true,
    version: 1,
    doubt: false,
    gone: false,
    sent: {},
    identifiers: [],
    fields: {},
  };
  await state.save(new Map(), [record]);
  await state.close();
  const sql = openSqlite(file);
  sql.exec(damage);
  sql.close();
  const failed = await (async () => openSyncState(file).load())().catch((error: unknown) => error);
  expect(`${formatError(failed)}`).toContain("it is damaged: put a copy of it in its place");
});
