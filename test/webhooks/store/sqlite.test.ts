import { spawn } from "node:child_process";
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { createGroupCommit } from "../../../src/webhooks/store/sqlite/group-commit.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { testSchedules } from "../../hostile/schedules.ts";
import { describeStore, incoming, messageEvent, turnedClock } from "./store-contract.ts";

const folder = mkdtempSync(join(tmpdir(), "onsync-events-"));
afterAll(() => rmSync(folder, { recursive: true }));
const enginePath = join(import.meta.dirname, "../../../src/webhooks/store/sqlite/sqlite-store.ts");
let files = 0;

function newFile() {
  files += 1;
  return join(folder, `${files}.db`);
}

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

describe("one receiver an event file", () => {
  const expectClaimed = (file: string) =>
    expect(() => openSqliteStore({ file })).toThrow("Another receiver works on the event file");

  test("by whatever path it is named", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    const link = newFile();
    symlinkSync(file, link);
    expectClaimed(link);
    expectClaimed(relative(process.cwd(), file));
    expectClaimed(join(folder, "..", basename(folder), basename(file)));
    await store.close();
    await openSqliteStore({ file: link }).close();
  });

  test("a file with a second name is refused: SQLite could lose what is written by two names", async () => {
    const file = newFile();
    await openSqliteStore({ file }).close();
    const other = newFile();
    linkSync(file, other);
    for (const name of [file, other]) expect(() => openSqliteStore({ file: name })).toThrow("a hard link");
  });

  test("though somebody deletes the file of its lock", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    rmSync(`${file}-receiver`);
    expectClaimed(file);
    await store.close();

    // The same with a process of its own, while it lives.
    const script = `import { openSqliteStore } from ${JSON.stringify(pathToFileURL(enginePath).href)};
      openSqliteStore({ file: ${JSON.stringify(file)} }); console.log("open"); setInterval(() => {}, 1000);`;
    const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", script];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    rmSync(`${file}-receiver`);
    if (process.platform === "linux") expectClaimed(file);
    const exited = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await exited;
    await openSqliteStore({ file }).close();
  });

  test("one that was displaced all the same hands on nothing more, and settles nothing", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    await store.accept(incoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.accept(incoming(messageEvent("evt_2", "b")));
    const beside = openSqliteStore({ file, claim: false });
    await beside.swapSetting("receiver", await beside.setting("receiver"), "another's claim");
    await expect(store.take(1)).rejects.toThrow("Another receiver has taken over");
    expect(await store.done(taken as NonNullable<typeof taken>)).toBe(false);
    expect(await store.accept(incoming(messageEvent("evt_3")))).toBe(true);
    expect(await beside.stats()).toMatchObject({ waiting: 3 });
    await beside.close();
    await store.close();
  });
});

describe("a file that is not an event file", () => {
  const other = (setUp: string) => {
    const file = newFile();
    const sql = new DatabaseSync(file);
    sql.exec(setUp);
    sql.close();
    return file;
  };
  test.each([
    ["a program's tables", "CREATE TABLE notes (text TEXT)"],
    ["a program's tables under our number", "CREATE TABLE events (n INTEGER); PRAGMA user_version = 1"],
    ["a program's own header", "PRAGMA application_id = 77"],
    ["a program's own number", "PRAGMA user_version = 3"],
    ["a program in WAL mode", "PRAGMA journal_mode = WAL; CREATE TABLE notes (text TEXT)"],
  ])("%s are refused, and left as they were", (_what, setUp) => {
    const file = other(setUp);
    const before = { bytes: readFileSync(file), beside: readdirSync(folder).sort() };
    expect(() => openSqliteStore({ file })).toThrow("it is a SQLite file of another program, and was left as it is");
    expect({ bytes: readFileSync(file), beside: readdirSync(folder).sort() }).toEqual(before);
  });

  test("text is refused, and left as it was", () => {
    const file = newFile();
    writeFileSync(file, "Dear diary, ".repeat(100));
    expect(() => openSqliteStore({ file })).toThrow("not a database");
    expect(readFileSync(file, "utf8")).toBe("Dear diary, ".repeat(100));
  });
});

describe("an event file of format 1", () => {
  const format1 = `
    CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
      key TEXT NOT NULL, rank INTEGER NOT NULL, created_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
      state INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, refusals INTEGER NOT NULL DEFAULT 0,
      error TEXT, body TEXT NOT NULL) STRICT;
    CREATE INDEX waiting ON events (key, rank, position) WHERE state = 0;
    CREATE INDEX dead ON events (position) WHERE state = 2;
    CREATE TABLE queues (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX queues_due ON queues (due_at);
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO settings VALUES ('log', 'abcd1234'), ('secrets', '[]'), ('pruned_to', '1');
    PRAGMA user_version = 1;`;

  test("opens with everything in it: its log, what is done, what is dead, and a backlog of a hold-back in its order", async () => {
    const file = newFile();
    const clock = turnedClock();
    const sql = new DatabaseSync(file);
    sql.exec(format1);
    const insert = sql.prepare(
      "INSERT INTO events (position, id, type, key, rank, created_at, received_at, state, attempts, error, body) VALUES (?, ?, 'message.created', ?, ?, ?, ?, ?, ?, ?, '{}')",
    );
    const day = 24 * 3_600_000;
    insert.run(2, "evt_old", "a", 0, clock.time, clock.time - 8 * day, 1, 0, null);
    insert.run(3, "evt_dead", "a", 0, clock.time, clock.time - 8 * day, 2, 10, "no");
    insert.run(4, "evt_second", "a", clock.time - 10, clock.time - 10, clock.time - 50, 0, 0, null);
    insert.run(5, "evt_first", "a", clock.time - 20, clock.time - 20, clock.time - 40, 0, 3, "500");
    sql.prepare("INSERT INTO queues VALUES ('a', ?)").run(clock.time + 3_600_000);
    sql.close();

    const store = openSqliteStore({ file, clock });
    expect(await store.end()).toEqual({ log: "abcd1234", position: 5 });
    expect(await store.stats()).toMatchObject({ waiting: 2, dead: 1, keys: 1, retrying: 1 });
    await store.accept(incoming(messageEvent("evt_new", "a")));
    const order: (string | number)[] = [];
    for (let [taken] = await store.take(1); taken; [taken] = await store.take(1)) {
      order.push(taken.id);
      expect(taken.sequence).toBeGreaterThan(5);
      await store.done(taken);
    }
    expect(order).toEqual(["evt_first", "evt_second", "evt_new"]);
    expect(await store.prune()).toBe(1);
    expect((await store.list({ limit: 10 })).map(({ id }) => id)).not.toContain("evt_old");
    await store.close();
    await openSqliteStore({ file, clock }).close();
  });
});

describe("an event file of format 2", () => {
  const format2 = `
    CREATE TABLE events (position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
      key TEXT NOT NULL, rank INTEGER NOT NULL, created_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
      state INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, refusals INTEGER NOT NULL DEFAULT 0,
      error TEXT, body TEXT NOT NULL, sequence INTEGER, arrived_at INTEGER NOT NULL DEFAULT 0, done_at INTEGER) STRICT;
    CREATE TABLE queues (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL, wait_ms INTEGER NOT NULL DEFAULT 0,
      failing INTEGER NOT NULL DEFAULT 0, hanging INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX next ON events (key, sequence DESC, rank, position) WHERE state = 0;
    CREATE INDEX dead ON events (position) WHERE state = 2;
    CREATE INDEX done ON events (done_at) WHERE state = 1;
    CREATE INDEX queues_hanging_due ON queues (hanging, due_at);
    INSERT INTO settings VALUES ('log', 'abcd1234'), ('sequence', '77');
    INSERT INTO sqlite_sequence VALUES ('events', 40);
    PRAGMA application_id = ${0x4f6e5345};
    PRAGMA user_version = 2;`;

  test("opens with everything in it, knows whose each event is, and gives no position a second time", async () => {
    const file = newFile();
    const clock = turnedClock();
    const sql = new DatabaseSync(file);
    sql.exec(format2);
    const insert = sql.prepare(
      "INSERT INTO events (position, id, type, key, rank, created_at, received_at, state, body, sequence, done_at) VALUES (?, ?, 'message.created', 'a', 0, ?, ?, ?, ?, ?, ?)",
    );
    const bodies = ["done", "waiting", "dead"].map((id) => JSON.stringify(messageEvent(id, "a")));
    insert.run(7, "done", clock.time, clock.time, 1, bodies[0] as string, 70, clock.time);
    insert.run(8, "waiting", clock.time, clock.time, 0, bodies[1] as string, 71, null);
    insert.run(9, "dead", clock.time, clock.time, 2, bodies[2] as string, 72, null);
    // Kept by a version that let more in.
    insert.run(10, "no json", clock.time, clock.time, 2, "\uFEFF{", 73, null);
    insert.run(11, "deep", clock.time, clock.time, 2, "[".repeat(5000), 74, null);
    sql.prepare("INSERT INTO queues (key, due_at) VALUES ('a', ?)").run(clock.time);
    sql.close();

    const store = openSqliteStore({ file, clock });
    expect(await store.end()).toEqual({ log: "abcd1234", position: 40 });
    expect((await store.list({ limit: 10 })).map(({ position, org, id }) => [position, org, id])).toEqual([
      [7, "org_123", "done"],
      [8, "org_123", "waiting"],
      [9, "org_123", "dead"],
      [10, "", "no json"],
      [11, "", "deep"],
    ]);
    for (const id of ["done", "waiting", "dead"]) {
      const event = messageEvent(id, "a");
      expect(await store.accept(incoming(event))).toBe(false);
      await expect(store.accept({ event, body: "{}" })).rejects.toThrow("another body");
    }
    expect(await store.accept(incoming({ ...messageEvent("done", "a"), orgId: "org_other" }))).toBe(true);
    expect(await store.end()).toMatchObject({ position: 41 });
    const [first] = await store.take(1);
    expect(first).toMatchObject({ id: "waiting", sequence: 71 });
    await store.close();
    await openSqliteStore({ file, clock }).close();
  });
});

describe("a clock that is set while nobody looks", () => {
  test("back: nothing waits for longer than its own back-off, or its hold-back", async () => {
    const file = newFile();
    const clock = turnedClock();
    const before = openSqliteStore({ file, clock, holdBackMs: 1000 });
    await before.accept(incoming(messageEvent("evt_1", "failing")));
    clock.time += 1000;
    const [taken] = await before.take(1);
    await before.retry(taken as NonNullable<typeof taken>, {
      afterMs: 4000,
      error: "no answer",
      refused: false,
      hung: true,
    });
    await before.accept(incoming(messageEvent("evt_2", "held")));
    await before.close();
    clock.time -= 3_600_000;
    const after = openSqliteStore({ file, clock, holdBackMs: 1000 });
    expect([await after.nextDueInMs(), await after.nextDueInMs(false)]).toEqual([1000, 1000]);
    clock.time += 4000;
    expect((await after.take(2)).map(({ id, attempts }) => [id, attempts]).sort()).toEqual([
      ["evt_1", 1],
      ["evt_2", 0],
    ]);
    await after.close();
  });

  test("forward or back: a number is above all that were given before", async () => {
    const file = newFile();
    const clock = turnedClock();
    let last = 0;
    for (const [index, jump] of [0, 3_600_000, -7_200_000, 60_000, -60_000].entries()) {
      clock.time += jump;
      const store = openSqliteStore({ file, clock });
      await store.accept(incoming(messageEvent(`evt_${index}`)));
      const [taken] = await store.take(1);
      expect(taken?.sequence).toBeGreaterThan(last);
      last = taken?.sequence as number;
      await store.done(taken as NonNullable<typeof taken>);
      await store.close();
    }
  });

  test("forward while the receiver runs: nothing is forgotten before its time", async () => {
    const clock = { ...turnedClock(), passed: 0 };
    const own = { now: () => clock.time, sleep: clock.sleep, monotonic: () => clock.passed };
    const store = openSqliteStore({ file: ":memory:", clock: own, keepMs: 3_600_000 });
    await store.accept(incoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.done(taken as NonNullable<typeof taken>);
    clock.time += 365 * 24 * 3_600_000;
    expect(await store.prune()).toBe(0);
    clock.passed += 3_600_001;
    expect(await store.prune()).toBe(1);
    await store.close();
  });

  test("a replay beside the receiver is due at once, whatever the clock of who asks says", async () => {
    const file = newFile();
    const clock = turnedClock();
    const store = openSqliteStore({ file, clock });
    await store.accept(incoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.bury(taken as NonNullable<typeof taken>, "no");
    const ahead = turnedClock();
    ahead.time += 600_000;
    const beside = openSqliteStore({ file, clock: ahead, claim: false });
    await beside.replay(["evt_1"]);
    await beside.close();
    expect(await store.nextDueInMs()).toBe(0);
    await store.close();
  });
});
