/** What a disk does with the log of changes, and what of it anybody is told. */
import fs from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { afterEach, expect, jest, test } from "@jest/globals";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { newFile } from "./new-file.ts";

const incoming = toIncoming(messageEvent("evt_1"));

afterEach(() => {
  jest.restoreAllMocks();
});

/** A disk that has not answered yet. @returns what answers each sync that it was asked for, in order */
function holdSyncs(): (() => void)[] {
  const held: (() => void)[] = [];
  jest.spyOn(fs, "fdatasync").mockImplementation((_descriptor, callback) => {
    held.push(() => callback(null));
  });
  return held;
}

/** Several turns of the event loop, in which all that can happen without the disk happens. */
async function runTurns(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

test("deliveries that arrive while the disk syncs are kept together by the next sync, and none is acknowledged before its own", async () => {
  const held = holdSyncs();
  const store = openSqliteStore({ file: newFile() });
  const accepted: string[] = [];
  const accept = async (id: string) => {
    await store.accept(toIncoming(messageEvent(id)));
    accepted.push(id);
  };
  const all = [accept("evt_1")];
  await runTurns();
  all.push(accept("evt_2"), accept("evt_3"));
  await runTurns();
  expect([held.length, accepted]).toEqual([1, []]);
  held[0]?.();
  await runTurns();
  expect([held.length, accepted]).toEqual([2, ["evt_1"]]);
  held[1]?.();
  await Promise.all(all);
  expect(accepted).toEqual(["evt_1", "evt_2", "evt_3"]);
  await store.close();
});

test("what became of a hand-on is noted while the disk syncs, and waits for no sync", async () => {
  const store = openSqliteStore({ file: newFile() });
  await store.accept(incoming);
  const [taken] = await store.take(1);
  const held = holdSyncs();
  const accepted = store.accept(toIncoming(messageEvent("evt_2", "another")));
  await runTurns();
  expect(await store.done(taken as NonNullable<typeof taken>)).toBe(true);
  expect(held).toHaveLength(1);
  expect(await store.stats()).toMatchObject({ waiting: 1 });
  held[0]?.();
  expect(await accepted).toBe(true);
  await store.close();
});

test.each(["read", "end", "list"] as const)(
  "%s in another process shows nothing before it is on disk",
  async (what) => {
    const file = newFile();
    const held = holdSyncs();
    const store = openSqliteStore({ file });
    const accepted = store.accept(incoming);
    await runTurns();
    const beside = openSqliteStore({ file, claim: false });
    let shown: unknown;
    const look = {
      read: () => beside.read({ after: 0, limit: 9 }),
      end: () => beside.end(),
      list: () => beside.list({ limit: 9 }),
    };
    const looking = look[what]().then((seen: unknown) => {
      shown = seen;
    });
    await runTurns();
    expect([held.length, shown]).toEqual([2, undefined]);
    for (const answer of held) answer();
    await Promise.all([accepted, looking]);
    expect(JSON.stringify(shown)).toMatch(what === "end" ? '"position":1' : "evt_1");
    await beside.close();
    await store.close();
  },
);

test("after a sync that failed, nothing is acknowledged until the file itself has what the log had", async () => {
  const file = newFile();
  const store = openSqliteStore({ file });
  jest.spyOn(fs, "fdatasync").mockImplementationOnce((_descriptor, callback) => callback(new Error("EIO")));
  await expect(store.accept(incoming)).rejects.toThrow("EIO");

  // One that reads what was there before keeps the file from being brought up to date.
  const reader = new DatabaseSync(file);
  reader.exec("BEGIN");
  reader.prepare("SELECT count(*) FROM events").get();
  await expect(store.accept(toIncoming(messageEvent("evt_2")))).rejects.toThrow("could not be synced");
  reader.exec("COMMIT");
  reader.close();

  // Delivered again, as OnSync does: it is there, and by now on the disk, whatever becomes of the log.
  expect(await store.accept(incoming)).toBe(false);
  const copy = newFile();
  fs.copyFileSync(file, copy);
  const alone = new DatabaseSync(copy);
  expect(alone.prepare("SELECT id FROM events ORDER BY position").all()).toEqual([{ id: "evt_1" }, { id: "evt_2" }]);
  alone.close();
  await store.close();
});
