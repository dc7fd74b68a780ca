/** The file that remembers how far a movement of data has come: ours, for one process, for its owner. */
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openJournal } from "../../src/data/index.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
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
