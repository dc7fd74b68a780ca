import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "@jest/globals";
import { createGroupCommit } from "../../src/events/sqlite/group-commit.ts";
import { openSqliteStore } from "../../src/events/sqlite/index.ts";
import { testSchedules } from "../hostile/schedules.ts";
import { describeStore, incoming, messageEvent, turnedClock } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-events-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => {
  files += 1;
  return join(folder, `${files}.db`);
};

describeStore("SQLite", async (options) => openSqliteStore({ file: ":memory:", ...options }));

describe("an event file in a hostile world", () => {
  testSchedules(() => {
    const file = newFile();
    return {
      open: async (options) => openSqliteStore({ file, ...options }),
      receivers: 1,
      leaseMs: 0,
      clockJumps: true,
    };
  }, 30);
});

describe("the event file", () => {
  test("keeps everything over a restart: what waits, what failed, who waits with a cursor", async () => {
    const file = newFile();
    const clock = turnedClock();
    const before = openSqliteStore({ file, clock });
    await before.accept(incoming(messageEvent("evt_1")));
    await before.accept(incoming(messageEvent("evt_2")));
    const end = await before.end();
    const [taken] = await before.take(1);
    expect(taken?.id).toBe("evt_1");
    await before.close();

    const after = openSqliteStore({ file, clock });
    expect(await after.end()).toEqual(end);
    expect(await after.accept(incoming(messageEvent("evt_1")))).toBe(false);
    // Nobody said it was handed on, so it is given out again.
    expect((await after.take(10)).map(({ id }) => id)).toEqual(["evt_1"]);
    await after.close();
  });

  test("is for its owner alone", async () => {
    const file = newFile();
    await openSqliteStore({ file }).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("has one receiver; others may look and replay beside it", async () => {
    const file = newFile();
    const receiver = openSqliteStore({ file });
    expect(() => openSqliteStore({ file })).toThrow("Another receiver works on the event file");
    const beside = openSqliteStore({ file, claim: false });
    await receiver.accept(incoming(messageEvent("evt_1")));
    expect(await beside.stats()).toMatchObject({ waiting: 1 });
    const [taken] = await receiver.take(1);
    await receiver.bury(taken as NonNullable<typeof taken>, "no");
    expect(await beside.replay(["evt_1"])).toEqual(["evt_1"]);
    expect((await receiver.take(1)).map(({ id }) => id)).toEqual(["evt_1"]);
    await beside.close();
    await receiver.close();
    await openSqliteStore({ file }).close();
  });

  test("says what is wrong with a file it cannot use, and lets it go", async () => {
    expect(() => openSqliteStore({ file: join(folder, "no", "folder", "events.db") })).toThrow();
    const newer = newFile();
    await openSqliteStore({ file: newer }).close();
    new DatabaseSync(newer).exec("PRAGMA user_version = 9");
    for (const _ of [1, 2]) expect(() => openSqliteStore({ file: newer })).toThrow("its format is 9");
  });

  test("a full disk refuses the whole transaction, keeps what was there, and takes what fits", async () => {
    const sql = new DatabaseSync(newFile());
    sql.exec("CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT)");
    sql.exec("PRAGMA max_page_count = 4");
    const commits = createGroupCommit(sql);
    const insert = sql.prepare("INSERT INTO t (x) VALUES (?)");
    await commits.write(() => insert.run("small"), true);
    const group = [
      commits.write(() => insert.run("small"), true),
      commits.write(() => insert.run("x".repeat(99_999)), true),
    ];
    for (const result of await Promise.allSettled(group)) expect(result.status).toBe("rejected");
    await commits.write(() => insert.run("small again"), true);
    expect(sql.prepare("SELECT x FROM t").all()).toEqual([{ x: "small" }, { x: "small again" }]);
    sql.close();
  });

  test("what is written at once shares one transaction", async () => {
    const sql = new DatabaseSync(":memory:");
    sql.exec("CREATE TABLE t (n INTEGER)");
    const commits = createGroupCommit(sql);
    const insert = sql.prepare("INSERT INTO t VALUES (?)");
    const seen = await Promise.all(
      [1, 2, 3].map((n) =>
        commits.write(() => {
          insert.run(n);
          return (sql.prepare("SELECT count(*) AS n FROM t").get() as { n: number }).n;
        }, n === 2),
      ),
    );
    expect(seen).toEqual([1, 2, 3]);
    expect(sql.isTransaction).toBe(false);
    sql.close();
  });
});
