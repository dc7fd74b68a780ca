import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type DispatcherOptions, startDispatcher } from "../../../src/webhooks/dispatcher/dispatcher.ts";
import { calculateRetryDelay } from "../../../src/webhooks/dispatcher/retry-delay.ts";
import { type HandOn, type Sink, SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { VirtualClock } from "../../../testing/clock.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";

type Handle = (event: HandOn, signal: AbortSignal) => unknown;

function start(handle: Handle, options: Partial<DispatcherOptions> = {}) {
  const clock = new VirtualClock();
  const store = openSqliteStore({ file: ":memory:", clock });
  const handed: HandOn[] = [];
  const sink: Sink = {
    name: "the sink",
    async handOn(event, signal) {
      handed.push(event);
      await handle(event, signal);
    },
    async close() {},
  };
  const dispatcher = startDispatcher({ store, sink, clock, random: () => 1, retries: { attempts: 3 }, ...options });
  return {
    clock,
    store,
    handed,
    dispatcher,
    accept: (id: string, key: string) => store.accept(toIncoming(messageEvent(id, key))),
    /** Until the store says so: looked at whenever time moves. */
    until: async (done: (stats: { waiting: number; dead: number }) => boolean) => {
      while (!done(await store.stats())) await clock.sleep(100);
    },
    [Symbol.asyncDispose]: async () => {
      await dispatcher.close();
      await store.close();
    },
  };
}

function ids(events: readonly HandOn[], key?: string) {
  return events.filter((event) => key === undefined || event.key === key).map(({ id }) => id);
}

describe("the dispatcher", () => {
  test("hands on in order within a key, and in parallel across keys", async () => {
    const open = new Map<string, () => void>();
    await using at = start(({ id }) => new Promise<void>((resolve) => open.set(id, resolve)));
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

  test("has no more under way than it may", async () => {
    let underWay = 0;
    let most = 0;
    const clockOf: { sleep?: (ms: number) => Promise<void> } = {};
    await using at = start(
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

  test("a poison event blocks its own key alone, and that until it is a dead letter", async () => {
    await using at = start(({ id }) => {
      if (id === "evt_poison") throw new Error("the sink answered 500");
    });
    await at.accept("evt_poison", "a");
    await at.accept("evt_a2", "a");
    await at.accept("evt_b1", "b");
    await at.until(({ waiting }) => waiting === 0);
    expect(ids(at.handed, "b")).toEqual(["evt_b1"]);
    expect(ids(at.handed, "a")).toEqual(["evt_poison", "evt_poison", "evt_poison", "evt_a2"]);
    expect(at.handed.filter(({ id }) => id === "evt_poison").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(await at.store.list({ state: "dead", limit: 10 })).toMatchObject([
      { id: "evt_poison", error: "the sink answered 500", attempts: 3 },
    ]);
  });

  test("waits twice as long each time", async () => {
    const times: number[] = [];
    await using at = start(() => {
      times.push(at.clock.now());
      throw new Error("no");
    });
    await at.accept("evt_1", "a");
    await at.until(({ dead }) => dead === 1);
    const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
    expect(gaps[0]).toBeGreaterThanOrEqual(1000);
    expect(gaps[1]).toBeGreaterThanOrEqual(2000);
    expect(gaps[1]).toBeLessThan(2600);
  });

  test("an outage of the sink kills no event, however long it lasts", async () => {
    let reachable = false;
    await using at = start(() => {
      if (!reachable) throw new SinkUnavailableError("connection refused");
    });
    await at.accept("evt_1", "a");
    await at.accept("evt_2", "a");
    await at.accept("evt_3", "b");
    await at.until(() => at.handed.length > 20);
    expect(await at.store.stats()).toMatchObject({ waiting: 3, dead: 0 });
    reachable = true;
    await at.until(({ waiting }) => waiting === 0);
    expect(ids(at.handed, "a").slice(-2)).toEqual(["evt_1", "evt_2"]);
  });

  test("an event that takes the sink down counts as poison while others get through", async () => {
    await using at = start(({ id }) => {
      if (id === "evt_poison") throw new SinkUnavailableError("the sink answered 502");
    });
    await at.accept("evt_poison", "a");
    let others = 0;
    await at.until(({ dead }) => {
      others += 1;
      void at.accept(`evt_${others}`, "b");
      return dead === 1;
    });
    expect(ids(at.handed, "a")).toHaveLength(4); // the first time nothing tells whose fault it is
  });

  test("heeds how long a sink asks to be left alone", async () => {
    const times: number[] = [];
    await using at = start(() => {
      times.push(at.clock.now());
      if (times.length === 1) throw new SinkUnavailableError("429", { retryAfterMs: 60_000 });
    });
    await at.accept("evt_1", "a");
    await at.until(({ waiting }) => waiting === 0);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(60_000);
  });

  test("a hand-on that takes too long is aborted and tried again", async () => {
    let aborted = 0;
    await using at = start(
      ({ attempt }, signal) =>
        attempt > 1 ||
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted += 1;
            reject(signal.reason);
          });
        }),
    );
    await at.accept("evt_1", "a");
    await at.until(({ waiting }) => waiting === 0);
    expect(aborted).toBe(1);
    expect(at.handed.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  describe("with a thousand conversations that hang", () => {
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

    test("a healthy one still gets its events in well under a second at the median", async () => {
      let underWay = 0;
      let most = 0;
      const answered = new Map<string, number>();
      await using at = start(
        async ({ id, key }, signal) => {
          underWay += 1;
          most = Math.max(most, underWay);
          try {
            if (key !== "healthy") await hang(signal);
            answered.set(id, at.clock.now());
          } finally {
            underWay -= 1;
          }
        },
        { retries: { attempts: 10 }, random: () => 0.5 },
      );
      for (let n = 0; n < 1000; n++) await at.accept(`evt_hanging_${n}`, `hanging${n}`);
      const took: number[] = [];
      for (let n = 0; n < 120; n++) {
        const since = at.clock.now();
        await at.accept(`evt_${n}`, "healthy");
        for (; !answered.has(`evt_${n}`); ) await at.clock.sleep(5);
        took.push((answered.get(`evt_${n}`) as number) - since);
        await at.clock.sleep(250);
      }
      took.sort((one, other) => one - other);
      expect(took[60]).toBeLessThan(300);
      expect(took[119]).toBeLessThan(3000);
      expect(most).toBeLessThanOrEqual(32);
      // Each was tried, and none was given up for being set aside.
      expect((await at.store.list({ state: "waiting", limit: 2000 })).every(({ attempts }) => attempts > 0)).toBe(true);
    });

    test("one that fails once for another reason is not taken for one of them", async () => {
      const times: number[] = [];
      await using at = start(
        async ({ key, attempt }, signal) => {
          if (key !== "healthy") await hang(signal);
          times.push(at.clock.now());
          if (attempt === 1) throw new Error("500");
        },
        { random: () => 0.5, retries: { attempts: 10 } },
      );
      for (let n = 0; n < 300; n++) await at.accept(`evt_hanging_${n}`, `hanging${n}`);
      await at.clock.sleep(30_000);
      await at.accept("evt_1", "healthy");
      while (times.length < 2) await at.clock.sleep(20);
      expect((times[1] as number) - (times[0] as number)).toBeLessThan(3000);
    });

    test("a new conversation is not behind all of them", async () => {
      const answered = new Map<string, number>();
      await using at = start(async ({ id, key }, signal) => {
        if (key.startsWith("hanging")) await hang(signal);
        answered.set(id, at.clock.now());
      });
      for (let n = 0; n < 1000; n++) await at.accept(`evt_hanging_${n}`, `hanging${n}`);
      await at.clock.sleep(3000);
      const took: number[] = [];
      for (let n = 0; n < 20; n++) {
        const since = at.clock.now();
        await at.accept(`evt_${n}`, `new${n}`);
        while (!answered.has(`evt_${n}`)) await at.clock.sleep(5);
        took.push((answered.get(`evt_${n}`) as number) - since);
      }
      took.sort((one, other) => one - other);
      expect(took[10]).toBeLessThan(700);
    });
  });

  test("a sink that is slow for everybody is left in peace", async () => {
    await using at = start(() => at.clock.sleep(1500), { concurrency: 4 });
    for (let n = 0; n < 40; n++) await at.accept(`evt_${n}`, `key${n}`);
    await at.until(({ waiting }) => waiting === 0);
    expect(at.handed.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test("a hand-on that is set aside for others is repeated, counts as no refusal, and then has all its time", async () => {
    await using at = start(({ id, attempt }) => at.clock.sleep(id === "evt_slow" ? 10_000 : attempt), {
      concurrency: 2,
      retries: { attempts: 1 },
    });
    await at.accept("evt_slow", "slow");
    for (let n = 0; n < 400; n++) {
      await at.accept(`evt_a${n}`, "a");
      await at.accept(`evt_b${n}`, "b");
      await at.clock.sleep(50);
    }
    await at.until(({ waiting }) => waiting === 0);
    expect(at.handed.filter(({ id }) => id === "evt_slow").map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await at.store.stats()).toMatchObject({ dead: 0 });
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

  test("closing finishes what is under way and takes nothing new", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const at = start(() => promise, { concurrency: 1 });
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

  test("property: whatever fails, each key's events get through in order, first tries first", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 20 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, failures, concurrency) => {
          let calls = 0;
          const done: HandOn[] = [];
          await using at = start(
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
      { numRuns: 30 },
    );
  });
});

describe("retryAfterMs", () => {
  const retries = { attempts: 10, firstMs: 1000, longestMs: 60_000 };

  test("property: half of the doubled wait is certain, the rest is jitter, and there is a longest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const whole = Math.min(60_000, 1000 * 2 ** (failures - 1));
          const wait = calculateRetryDelay(failures, random, retries);
          expect(wait).toBeGreaterThanOrEqual(whole / 2);
          expect(wait).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });
});
