import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { startDispatcher } from "../../../src/webhooks/dispatcher/dispatcher.ts";
import { type HandOn, type Sink, SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { chooseRuns } from "../../../testing/jest/runs.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";
import { ids, startTestDispatcher } from "./harness.ts";

describe("the dispatcher", () => {
  test("hands on in order within a key, and in parallel across keys", async () => {
    const open = new Map<string, () => void>();
    await using at = startTestDispatcher(({ id }) => new Promise<void>((resolve) => open.set(id, resolve)));
    for (const id of ["evt_a1", "evt_a2", "evt_b1"]) await at.accept(id, id.slice(4, 5));
    await at.until(() => open.size === 2);
    expect(ids(at.handed).sort()).toEqual(["evt_a1", "evt_b1"]);
    open.get("evt_a1")?.();
    await at.until(() => open.size === 3);
    open.get("evt_a2")?.();
    open.get("evt_b1")?.();
    await at.until(({ waiting }) => waiting === 0);
    expect(ids(at.handed, "a")).toEqual(["evt_a1", "evt_a2"]);
  });

  test("has no more hand-ons under way than its concurrency allows", async () => {
    let underWay = 0;
    let most = 0;
    const clockOf: { sleep?: (ms: number) => Promise<void> } = {};
    await using at = startTestDispatcher(
      async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await clockOf.sleep?.(10);
        underWay -= 1;
      },
      { concurrency: 3 },
    );
    clockOf.sleep = at.clock.sleep;
    for (let n = 0; n < 12; n++) await at.accept(`evt_${n}`, `key${n}`);
    await at.until(({ waiting }) => waiting === 0);
    expect(most).toBe(3);
  });

  test("closing finishes what is under way and takes nothing new", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = startTestDispatcher(() => promise, { concurrency: 1 });
    await at.accept("evt_1", "a");
    await at.accept("evt_2", "b");
    await at.until(() => at.handed.length === 1);
    const closed = at.dispatcher.close();
    resolve();
    await closed;
    expect(await at.store.stats()).toMatchObject({ waiting: 1 });
    expect(at.handed).toHaveLength(1);
    await at.store.close();
  });

  test("one that is closed watches its store no more", async () => {
    const store = openSqliteStore({ file: ":memory:" });
    const listeners = new Set<() => void>();
    const watched = {
      ...store,
      watch: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const sink: Sink = { name: "sink", handOn: async () => {}, close: async () => {} };
    const dispatcher = startDispatcher({ store: watched, sink, clock: new VirtualClock() });
    expect(listeners.size).toBe(1);
    await dispatcher.close();
    expect(listeners.size).toBe(0);
    await store.close();
  });

  test("a store that cannot be written hands the event on again", async () => {
    const clock = new VirtualClock();
    const store = openSqliteStore({ file: ":memory:", clock });
    let refusals = 2;
    const handed: string[] = [];
    const broken = {
      ...store,
      done: async (taken: Parameters<typeof store.done>[0]) => {
        refusals -= 1;
        if (refusals < 0) return store.done(taken);
        await store.retry(taken, { afterMs: 0, error: "", refused: false });
        throw new Error("disk is full");
      },
    };
    const sink: Sink = { name: "sink", handOn: async ({ id }) => void handed.push(id), close: async () => {} };
    const dispatcher = startDispatcher({ store: broken, sink, clock });
    await store.accept(toIncoming(messageEvent("evt_1", "a")));
    while ((await store.stats()).waiting > 0) await clock.sleep(100);
    expect(handed).toEqual(["evt_1", "evt_1", "evt_1"]);
    await dispatcher.close();
    await store.close();
  });

  test("a store that cannot be read is asked again after half a second, and its log says so", async () => {
    const logged: unknown[] = [];
    const log = (...entry: unknown[]) => logged.push(entry);
    const at = startTestDispatcher(() => {}, { log });
    const broken = new Error("disk is full");
    const asked: number[] = [];
    const { take } = at.store;
    at.store.take = async (...limits) => {
      asked.push(at.clock.now());
      if (asked.length < 4) throw broken;
      return take(...limits);
    };
    await at.accept("evt_1", "a");
    await at.until(() => at.handed.length === 1);
    expect(asked.slice(1, 4).map((time, index) => time - (asked[index] as number))).toEqual([500, 500, 500]);
    expect(logged).toEqual(Array(3).fill(["error", "the event store cannot be read", { err: broken }]));
    await at.dispatcher.close();
    await at.store.close();
  });

  test("where nothing waits, the store is asked every half a second and no oftener", async () => {
    await using at = startTestDispatcher(() => {});
    await at.clock.sleep(100);
    const { take } = at.store;
    let asked = 0;
    at.store.take = (...limits) => {
      asked += 1;
      return take(...limits);
    };
    await at.clock.sleep(10_000);
    expect(asked).toBeGreaterThanOrEqual(19);
    expect(asked).toBeLessThanOrEqual(20);
  });

  test("the time of day may jump: no wait, no limit and no share changes", async () => {
    const clock = new VirtualClock();
    let offset = 0;
    const jumping = { now: () => clock.now() + offset, sleep: clock.sleep, monotonic: clock.now };
    const store = openSqliteStore({ file: ":memory:", clock: jumping });
    const times: number[] = [];
    const sink: Sink = {
      name: "sink",
      handOn: async () => {
        times.push(clock.now());
        offset = times.length % 2 === 0 ? 600_000 : -600_000;
        throw new Error("no");
      },
      close: async () => {},
    };
    const dispatcher = startDispatcher({ store, sink, clock: jumping, random: () => 0, retries: { attempts: 4 } });
    await store.accept(toIncoming(messageEvent("evt_1", "a")));
    while ((await store.stats()).dead === 0) await clock.sleep(50);
    expect(times.slice(1).map((time, index) => time - (times[index] as number))).toEqual([500, 1000, 2000]);
    await dispatcher.close();
    await store.close();
  });

  test("property: whatever fails, each key's events get through in order, first tries first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, failures, concurrency) => {
          let calls = 0;
          const done: HandOn[] = [];
          await using at = startTestDispatcher(
            (event) => {
              calls += 1;
              if (calls < 60 && failures[calls % failures.length]) throw new SinkUnavailableError("no");
              done.push(event);
            },
            { concurrency, retries: { attempts: 1000, firstMs: 10, longestMs: 50 } },
          );
          const all = keys.map((key, index) => ({ id: `evt_${index}`, key }));
          await Promise.all(all.map(({ id, key }) => at.accept(id, key)));
          await at.until(({ waiting }) => waiting === 0);
          for (const key of ["a", "b", "c", "d"]) {
            expect(ids(done, key)).toEqual(all.filter((each) => each.key === key).map(({ id }) => id));
          }
        },
      ),
      { numRuns: chooseRuns(30) },
    );
  });
});
