import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, jest, test } from "@jest/globals";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { testSchedules } from "../../../hostile/schedules.ts";
import { describeStore } from "../contract/store-contract.ts";
import { folder, newFile } from "./new-file.ts";

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
    const clock = createManualClock();
    const before = openSqliteStore({ file, clock });
    await before.accept(toIncoming(messageEvent("evt_1")));
    await before.accept(toIncoming(messageEvent("evt_2")));
    const end = await before.end();
    const [taken] = await before.take(1);
    expect(taken?.id).toBe("evt_1");
    await before.close();

    const after = openSqliteStore({ file, clock });
    expect(await after.end()).toEqual(end);
    expect(await after.accept(toIncoming(messageEvent("evt_1")))).toBe(false);
    // Nobody said it was handed on, so it is given out again.
    expect((await after.take(10)).map(({ id }) => id)).toEqual(["evt_1"]);
    await after.close();
  });

  test("is for its owner alone", async () => {
    const file = newFile();
    await openSqliteStore({ file }).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is not called written anew while somebody still reads what it was before", async () => {
    const file = newFile();
    const store = openSqliteStore({ file });
    await store.accept(toIncoming(messageEvent("evt_1")));
    const reader = new DatabaseSync(file, { readOnly: true });
    reader.exec("BEGIN");
    reader.prepare("SELECT count(*) FROM events").get();
    await store.forget([1]);
    const { prepare } = DatabaseSync.prototype;
    // Whoever is in the way is not waited for.
    const spy = jest.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, sql) {
      this.exec("PRAGMA busy_timeout = 0");
      return prepare.call(this, sql);
    });
    try {
      expect(await store.scrub()).toBe(false);
      reader.exec("COMMIT");
      expect(await store.scrub()).toBe(true);
    } finally {
      spy.mockRestore();
    }
    reader.close();
    await store.close();
  });

  test("says what is wrong with a file it cannot use, and lets it go", async () => {
    expect(() => openSqliteStore({ file: join(folder, "no", "folder", "events.db") })).toThrow();
    const newer = newFile();
    await openSqliteStore({ file: newer }).close();
    new DatabaseSync(newer).exec("PRAGMA user_version = 9");
    for (const _ of [1, 2]) expect(() => openSqliteStore({ file: newer })).toThrow("has format 9");
  });
});
