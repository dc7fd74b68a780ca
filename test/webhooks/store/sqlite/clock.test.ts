import { describe, expect, test } from "@jest/globals";
import { openSqliteStore } from "../../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { newFile } from "./new-file.ts";

describe("the clock", () => {
  test("set back makes nothing wait for longer than its own back-off or its hold-back", async () => {
    const file = newFile();
    const clock = createManualClock();
    const before = openSqliteStore({ file, clock, holdBackMs: 1000 });
    await before.accept(toIncoming(messageEvent("evt_1", "failing")));
    clock.time += 1000;
    const [taken] = await before.take(1);
    await before.retry(taken as NonNullable<typeof taken>, {
      afterMs: 4000,
      error: "no answer",
      refused: false,
      hung: true,
    });
    await before.accept(toIncoming(messageEvent("evt_2", "held")));
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

  test("set forward or back leaves each new number above all that were given before", async () => {
    const file = newFile();
    const clock = createManualClock();
    let last = 0;
    for (const [index, jump] of [0, 3_600_000, -7_200_000, 60_000, -60_000].entries()) {
      clock.time += jump;
      const store = openSqliteStore({ file, clock });
      await store.accept(toIncoming(messageEvent(`evt_${index}`)));
      const [taken] = await store.take(1);
      expect(taken?.sequence).toBeGreaterThan(last);
      last = taken?.sequence as number;
      await store.done(taken as NonNullable<typeof taken>);
      await store.close();
    }
  });

  test("set forward while the receiver runs makes it forget nothing before its time", async () => {
    const clock = { ...createManualClock(), passed: 0 };
    const own = { now: () => clock.time, sleep: clock.sleep, monotonic: () => clock.passed };
    const store = openSqliteStore({ file: ":memory:", clock: own, keepMs: 3_600_000 });
    await store.accept(toIncoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.done(taken as NonNullable<typeof taken>);
    clock.time += 365 * 24 * 3_600_000;
    expect(await store.prune()).toBe(0);
    clock.passed += 3_600_001;
    expect(await store.prune()).toBe(1);
    await store.close();
  });

  test("of whoever replays an event does not matter: it is due at once", async () => {
    const file = newFile();
    const clock = createManualClock();
    const store = openSqliteStore({ file, clock });
    await store.accept(toIncoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    await store.bury(taken as NonNullable<typeof taken>, "no");
    const ahead = createManualClock();
    ahead.time += 600_000;
    const beside = openSqliteStore({ file, clock: ahead, claim: false });
    await beside.replay(["evt_1"]);
    await beside.close();
    expect(await store.nextDueInMs()).toBe(0);
    await store.close();
  });
});
