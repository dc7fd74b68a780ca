import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, jest, test } from "@jest/globals";
import { openEventFile } from "../../../../src/webhooks/store/sqlite/schema.ts";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { folder, newFile } from "./new-file.ts";

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
    expect(() => openSqliteStore({ file })).toThrow("it is no database of SQLite");
    expect(readFileSync(file, "utf8")).toBe("Dear diary, ".repeat(100));
  });
});

test("an event file whose pages another process is writing is read under its lock, and not called damaged", async () => {
  const file = newFile();
  await openSqliteStore({ file }).close();
  const writer = new DatabaseSync(file);
  writer.exec("PRAGMA wal_autocheckpoint = 0; CREATE TABLE later (n INTEGER); DROP TABLE later");
  // A page that has come to the file in part; the log beside it has it whole.
  const torn = readFileSync(file);
  torn.fill(0xff, 100, 120);
  writeFileSync(file, torn);
  const store = openSqliteStore({ file, claim: false });
  expect(await store.list({ limit: 10 })).toEqual([]);
  await store.close();
  writer.close();
});

test.each([1, 2])(
  "a file that another process makes an event file of between two looks (look %i) is none of another program",
  async (look) => {
    const file = newFile();
    const empty = new DatabaseSync(file);
    empty.exec("PRAGMA journal_mode = WAL");
    empty.close();
    const prepare = DatabaseSync.prototype.prepare;
    let looks = 0;
    const spy = jest.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql) {
      // The header was read by then, and the names of the tables were not.
      if (sql.includes("sqlite_schema") && ++looks === look) openEventFile(file).close();
      return prepare.call(this, sql);
    });
    const store = openSqliteStore({ file });
    expect(await store.list({ limit: 10 })).toEqual([]);
    await store.close();
    spy.mockRestore();
  },
);

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
    const clock = createManualClock();
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
    await store.accept(toIncoming(messageEvent("evt_new", "a")));
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
    const clock = createManualClock();
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
      expect(await store.accept(toIncoming(event))).toBe(false);
      await expect(store.accept({ event, body: "{}" })).rejects.toThrow("another body");
    }
    expect(await store.accept(toIncoming({ ...messageEvent("done", "a"), orgId: "org_other" }))).toBe(true);
    expect(await store.end()).toMatchObject({ position: 41 });
    const [first] = await store.take(1);
    expect(first).toMatchObject({ id: "waiting", sequence: 71 });
    await store.close();
    await openSqliteStore({ file, clock }).close();
  });
});
