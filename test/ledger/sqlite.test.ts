import { createHash } from "node:crypto";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { entryRetentionMs } from "../../src/client/ledger/ledger.ts";
import { openSqliteLedger } from "../../src/ledger/index.ts";
import { openLedgerFile } from "../../src/ledger/sqlite/ledger-file.ts";
import { openSqliteStore } from "../../src/webhooks/store/sqlite/sqlite-store.ts";
import { rejection } from "../../testing/scripted.ts";
import { ledgerClock } from "./ledger-clock.ts";
import { describeLedger } from "./ledger-contract.ts";
import { leaseMs, messageOf, sent } from "./messages.ts";

const hourMs = 60 * 60 * 1000;

let folder: string;
let files = 0;

function newFile(): string {
  return join(folder, `sends-${++files}.db`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "onsync-ledger-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

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

  test("its owner alone may read it and what SQLite puts beside it", async () => {
    const file = newFile();
    const before = process.umask(0);
    const ledger = openSqliteLedger({ file });
    process.umask(before);
    await ledger.claim(messageOf("order-1"), { leaseMs });
    for (const each of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(each).mode & 0o777).toBe(0o600);
    await ledger.close();
  });

  test("what one handle wrote another reads, after a restart as well", async () => {
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

  describe("that is somebody else's is refused and left as it was", () => {
    const databaseOf = (make: (sql: DatabaseSync) => void): ((file: string) => void) => {
      return (file) => {
        const sql = new DatabaseSync(file);
        make(sql);
        sql.close();
      };
    };
    const others: [string, (file: string) => void | Promise<void>, RegExp][] = [
      ["a text", (file) => writeFileSync(file, "Customers:\n".repeat(20)), /it is not a send ledger/],
      ["a short text", (file) => writeFileSync(file, "x"), /it is not a send ledger/],
      ["zeros", (file) => writeFileSync(file, Buffer.alloc(4096)), /it is not a send ledger/],
      [
        "another program's database",
        databaseOf((sql) => sql.exec("CREATE TABLE sends (a)")),
        /it is a database of another kind/,
      ],
      [
        "another program's database in WAL mode",
        databaseOf((sql) => sql.exec("PRAGMA journal_mode = WAL; PRAGMA application_id = 7; CREATE TABLE t (a)")),
        /it is a database of another kind/,
      ],
      [
        "an event file of onsync listen",
        async (file) => await openSqliteStore({ file }).close(),
        /an event file of `onsync listen`/,
      ],
    ];
    test.each(others)("%s", async (_name, make, reason) => {
      const file = newFile();
      await make(file);
      const digest = () => createHash("sha256").update(readFileSync(file)).digest("hex");
      const before = [digest(), statSync(file).mtimeMs];
      expect(refusal(file)).toMatch(reason);
      expect([digest(), statSync(file).mtimeMs]).toEqual(before);
      for (const beside of ["-wal", "-shm", "-journal"])
        expect(statSync(`${file}${beside}`, { throwIfNoEntry: false })).toBeUndefined();
    });

    test("another program's database that is in use", () => {
      const file = newFile();
      const sql = new DatabaseSync(file);
      sql.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
      expect(refusal(file)).toMatch(/it is a database of another kind/);
      sql.exec("INSERT INTO t VALUES (1)");
      sql.close();
    });
  });

  test("a ledger of a later version is refused, and what it holds stays", async () => {
    const file = newFile();
    const ledger = openSqliteLedger({ file });
    await ledger.claim(messageOf("order-1"), { leaseMs });
    await ledger.close();
    const sql = new DatabaseSync(file);
    sql.exec("PRAGMA user_version = 99");
    expect(refusal(file)).toMatch(/its format is 99, and this version of OnSync Automation reads up to 1: update it/);
    sql.exec("PRAGMA user_version = 1");
    sql.close();
    const again = openSqliteLedger({ file });
    expect(await again.list()).toHaveLength(1);
    await again.close();
  });

  test.each([
    ["a folder", () => folder],
    ["a path that leads nowhere", () => join(folder, "none", "sends.db")],
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
    const inside = mkdtempSync(join(folder, "named-"));
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

describe("ages in a file", () => {
  const opened = () => {
    const clock = ledgerClock();
    return { clock, ledger: openSqliteLedger({ file: newFile(), clock, uptime: clock.uptime }) };
  };
  const ageOf = async ({ ledger }: ReturnType<typeof opened>) => (await ledger.find(messageOf("order-1")))?.ageMs;

  test.each([
    ["forward an hour", hourMs],
    ["back an hour", -hourMs],
    ["forward ten years", 10 * 365 * 24 * hourMs],
    ["back to 1970", -Date.parse("2024-11-30T00:00:00.000Z")],
  ])("a wall clock set %s changes no age, no lease and no time to live", async (_name, ms) => {
    const { clock, ledger } = opened();
    await ledger.claim(messageOf("order-1"), { leaseMs });
    await ledger.setNote("token", "used", { ttlMs: 60_000 });
    const limits = [{ limit: 1, windowMs: 60_000 }];
    await ledger.admit("sends", limits);
    clock.pass(10_000);
    clock.setWall(ms);
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed", ageMs: 10_000 });
    expect(await ledger.setNote("token", "again", { ttlMs: 60_000, ifAbsent: true })).toBe(false);
    expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: false, waitMs: 50_000 });
    // The first of a run of claims deletes what is old.
    for (let index = 0; index < 200; index += 1) await ledger.claim(messageOf(`more-${index}`), { leaseMs });
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "claimed" });
    clock.pass(leaseMs - 10_000);
    expect(await ledger.find(messageOf("order-1"))).toMatchObject({ state: "unknown", ageMs: leaseMs });
    clock.pass(15_000);
    expect(await ledger.note("token")).toBeNull();
    expect(await ledger.admit("sends", limits)).toMatchObject({ admitted: true });
    await ledger.close();
  });

  test("after the machine has started anew the wall clock tells them", async () => {
    const file = opened();
    await file.ledger.claim(messageOf("order-1"), { leaseMs });
    file.clock.pass(5_000);
    file.clock.restartMachine(30_000);
    expect(await ageOf(file)).toBe(35_000);
    file.clock.setWall(-hourMs);
    expect(await ageOf(file)).toBe(0);
    await file.ledger.close();
  });

  test("what was before the machine started is as old as that, though the wall clock was set back meanwhile", async () => {
    const file = opened();
    await file.ledger.claim(messageOf("order-1"), { leaseMs });
    await file.ledger.setNote("token", "used", { ttlMs: 60_000 });
    file.clock.restartMachine(30_000);
    file.clock.setWall(-hourMs);
    file.clock.pass(leaseMs);
    expect(await file.ledger.find(messageOf("order-1"))).toMatchObject({ state: "unknown", ageMs: leaseMs });
    file.clock.pass(15_000);
    expect(await file.ledger.note("token")).toBeNull();
    await file.ledger.close();
  });
});
