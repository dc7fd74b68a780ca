import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, jest, test } from "@jest/globals";
import { entryRetentionMs } from "../../../src/client/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/index.ts";
import { openLedgerFile } from "../../../src/ledger/sqlite/ledger-file.ts";
import { rejection } from "../../../testing/scripted.ts";
import { ledgerClock } from "../ledger-clock.ts";
import { describeLedger } from "../ledger-contract.ts";
import { leaseMs, messageOf, sent } from "../messages.ts";
import { createLedgerFiles } from "./ledger-files.ts";

const newFile = createLedgerFiles();

describeLedger("SQLite", (clock) => openSqliteLedger({ file: newFile(), clock, uptime: clock.uptime }));

describe("the file of a send ledger", () => {
  const refusal = (file: string): string => {
    try {
      openSqliteLedger({ file });
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error(`${file} was opened`);
  };

  test("is readable by its owner alone, as are the files that SQLite puts beside it", async () => {
    const file = newFile();
    const before = process.umask(0);
    const ledger = openSqliteLedger({ file });
    process.umask(before);
    await ledger.claim(messageOf("order-1"), { leaseMs });
    for (const each of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
    await ledger.close();
  });

  test("shows one handle what another wrote, after a restart as well", async () => {
    const file = newFile();
    const [one, other] = [openSqliteLedger({ file }), openSqliteLedger({ file })];
    const { entry } = await one.claim(messageOf("order-1"), { leaseMs });
    expect(await other.find(messageOf("order-1"))).toMatchObject({ claimId: entry.claimId, state: "claimed" });
    await other.record(messageOf("order-1"), sent);
    expect(await one.get(entry.id)).toMatchObject({ state: "sent" });
    await Promise.all([one.close(), other.close()]);
    const again = openSqliteLedger({ file });
    expect((await again.claim(messageOf("order-1"), { leaseMs })).granted).toBe(false);
    await again.close();
    await again.close();
  });

  const descriptors = "/proc/self/fd";
  (existsSync(descriptors) ? test : test.skip)("is not held any more when it is closed", async () => {
    const file = newFile();
    const isHeld = () =>
      readdirSync(descriptors).some((each) => {
        const opened = lstatSync(join(descriptors, each), { throwIfNoEntry: false });
        return opened !== undefined && readlinkSync(join(descriptors, each)) === realpathSync(file);
      });
    const ledger = openSqliteLedger({ file });
    expect(isHeld()).toBe(true);
    await ledger.close();
    expect(isHeld()).toBe(false);
  });

  test("a claim is written through to the disk before it is granted", () => {
    const { sql } = openLedgerFile(newFile());
    expect(sql.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    const full = 2;
    expect(sql.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: full });
    sql.close();
  });

  test("one handle waits five seconds at most for another's, and never within SQLite", async () => {
    const file = newFile();
    const { sql } = openLedgerFile(file);
    expect(sql.prepare("PRAGMA busy_timeout").get()).toEqual({ timeout: 0 });
    sql.exec("BEGIN IMMEDIATE");
    const ledger = openSqliteLedger({ file });
    const times = [0, 4_999, 5_000];
    const asked = jest.spyOn(performance, "now").mockImplementation(() => times.shift() ?? 5_000);
    const failure = await rejection(ledger.claim(messageOf("order-1"), { leaseMs })).finally(() => asked.mockRestore());
    expect((failure as Error).message).toMatch(/is held by another process/);
    expect(times).toEqual([]);
    sql.exec("ROLLBACK");
    sql.close();
    await ledger.close();
  });

  test.each([
    ["a folder", () => dirname(newFile())],
    ["a path that leads nowhere", () => join(newFile(), "none", "sends.db")],
    ["a blank path", () => " "],
  ])("%s is refused with a sentence", (_name, file) => {
    expect(refusal(file())).toMatch(/^The send ledger .* cannot be used: .*\. Check the path and its permissions/);
  });

  test("a file that is empty is taken, whatever the path is called", async () => {
    const [file, link] = [newFile(), newFile()];
    writeFileSync(file, "");
    symlinkSync(file, link);
    const [one, other] = [openSqliteLedger({ file: link }), openSqliteLedger({ file })];
    await one.claim(messageOf("order-1"), { leaseMs });
    expect((await other.claim(messageOf("order-1"), { leaseMs })).granted).toBe(false);
    await Promise.all([one.close(), other.close()]);
  });

  test.each([":memory:", "file:sends.db?mode=memory", "file:sends.db"])("a file may be called %s", async (name) => {
    const inside = mkdtempSync(`${newFile()}-named-`);
    const before = process.cwd();
    process.chdir(inside);
    try {
      const [one, other] = [openSqliteLedger({ file: name }), openSqliteLedger({ file: name })];
      await one.claim(messageOf("order-1"), { leaseMs });
      expect((await other.claim(messageOf("order-1"), { leaseMs })).granted).toBe(false);
      expect(readdirSync(inside).sort()).toEqual([name, `${name}-shm`, `${name}-wal`]);
      await Promise.all([one.close(), other.close()]);
    } finally {
      process.chdir(before);
    }
  });

  test("while another process holds the file, this one goes on with its other work, and asks again", async () => {
    const file = newFile();
    const ledger = openSqliteLedger({ file });
    await ledger.claim(messageOf("order-1"), { leaseMs });
    const other = new DatabaseSync(file);
    other.exec("BEGIN EXCLUSIVE");
    const recording = ledger.record(messageOf("order-1"), sent);
    const claiming = ledger.claim(messageOf("order-2"), { leaseMs });
    // A turn of the loop: somebody that waits within SQLite would not get here before the bound.
    await new Promise(setImmediate);
    other.exec("COMMIT");
    expect(await recording).toMatchObject({ state: "sent" });
    expect(await claiming).toMatchObject({ granted: true });
    other.close();
    await ledger.close();
  });

  test("a file that another process never lets go of is told with its name, and nothing is claimed", async () => {
    const file = newFile();
    const ledger = openSqliteLedger({ file, busyMs: 1 });
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const claim = await rejection(ledger.claim(messageOf("order-1"), { leaseMs }));
    expect((claim as Error).message).toBe(
      `The send ledger ${file} is held by another process (a copy being made?): nothing was noted in it.`,
    );
    other.exec("ROLLBACK");
    other.close();
    expect(await ledger.list()).toEqual([]);
    await ledger.close();
  });

  test("nothing is claimed in a file that was deleted or replaced meanwhile: others would not see it", async () => {
    const file = newFile();
    const ledger = openSqliteLedger({ file });
    renameSync(file, `${file}.old`);
    const claim = () => ledger.claim(messageOf("order-1"), { leaseMs });
    expect(await rejection(claim())).toMatchObject({ message: expect.stringMatching(/was deleted or replaced/) });
    const other = openSqliteLedger({ file });
    expect(await rejection(claim())).toMatchObject({ message: expect.stringMatching(/was deleted or replaced/) });
    for (const change of [
      ledger.admit("sends", []),
      ledger.setNote("token", "used", { ttlMs: 60_000, ifAbsent: true }),
      ledger.record(messageOf("order-1"), sent),
    ])
      expect(await rejection(change)).toMatchObject({ message: expect.stringMatching(/was deleted or replaced/) });
    await Promise.all([ledger.close(), other.close()]);
  });

  test("what has expired is deleted as new claims come, and the rest stays", async () => {
    const [file, clock] = [newFile(), ledgerClock()];
    const options = { file, clock, uptime: clock.uptime };
    const ledger = openSqliteLedger(options);
    for (let index = 0; index < 20; index += 1) await ledger.claim(messageOf(`old-${index}`), { leaseMs });
    await ledger.setNote("old", "value", { ttlMs: 60_000 });
    await ledger.admit("sends", [{ limit: 1, windowMs: 60_000 }]);
    clock.pass(entryRetentionMs);
    await ledger.setNote("new", "value", { ttlMs: 60_000 });
    await ledger.close();
    const again = openSqliteLedger(options);
    await again.claim(messageOf("new"), { leaseMs });
    const sql = new DatabaseSync(file);
    const count = (table: string) => sql.prepare(`SELECT count(*) AS rows FROM ${table}`).get();
    expect(["sends", "notes", "admissions"].map(count)).toEqual([{ rows: 1 }, { rows: 1 }, { rows: 0 }]);
    sql.close();
    await again.close();
  });
});
