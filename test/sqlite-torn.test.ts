/** Files that a copy or a full disk has cut off: refused, whatever is missing, since SQLite takes what is not there for empty. */
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openSqlite } from "../src/sqlite.ts";
import { fileKinds } from "../testing/formats/kinds.ts";
import { temporaryFolder } from "../testing/imports/import-file.ts";

/** The ledger looks for its own mark in the header before that. */
const refusal = /: it is (?:damaged: put a copy of it in its place|not a send ledger|a database of another kind)/;

test.each(fileKinds)(
  "the $name file is refused wherever it is cut off, and says so by its name",
  async ({ make, read }) => {
    using folder = temporaryFolder();
    const whole = join(folder.path, "whole.db");
    await make(whole);
    const bytes = readFileSync(whole);
    // Within each page, between each two, and in the header.
    const cuts = Array.from({ length: (2 * bytes.length) / 4096 - 1 }, (_, index) => (index + 1) * 2048);
    for (const cut of [1, 50, 99, ...cuts, bytes.length - 1]) {
      const file = join(folder.path, `cut-at-${cut}.db`);
      writeFileSync(file, bytes.subarray(0, cut), { mode: 0o600 });
      const said = await read(file).then(
        () => "it was read",
        ({ message }: Error) => message,
      );
      expect([cut, said]).toEqual([cut, expect.stringMatching(refusal)]);
      expect(said).toContain(file);
    }
  },
);

test("a file that somebody writes to now is not taken for one that was cut off: what it lacks stands beside it", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  const writer = openSqlite(file);
  writer.exec("PRAGMA journal_mode = WAL; CREATE TABLE a (text TEXT) STRICT");
  const insert = writer.prepare("INSERT INTO a VALUES (?)");
  for (let row = 0; row < 50; row++) insert.run("x".repeat(4000));
  const reader = openSqlite(file);
  expect(reader.prepare("SELECT count(*) AS rows FROM a").get()?.rows).toBe(50);
  reader.close();
  writer.close();
});

test("a text that is shorter than a header is no database, and left as it is", () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.txt");
  writeFileSync(file, "Phone\n");
  expect(() => openSqlite(file).prepare("SELECT * FROM sqlite_schema").all()).toThrow("file is not a database");
  truncateSync(file, 0);
  openSqlite(file).close();
});
