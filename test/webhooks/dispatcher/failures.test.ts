import { describe, expect, test } from "@jest/globals";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { ids, startTestDispatcher } from "./harness.ts";

describe("a hand-on that fails", () => {
  test("a poison event blocks its own key alone, and that until it is a dead letter", async () => {
    await using at = startTestDispatcher(({ id }) => {
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

  test("is tried again after twice the wait each time", async () => {
    const times: number[] = [];
    await using at = startTestDispatcher(() => {
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

  test("is logged as a warning with the wait, and as an error once it is a dead letter", async () => {
    const logged: unknown[] = [];
    await using at = startTestDispatcher(
      () => {
        throw new Error("the sink answered 500");
      },
      { retries: { attempts: 2 }, log: (...entry: unknown[]) => logged.push(entry) },
    );
    await at.accept("evt_1", "a");
    await at.until(({ dead }) => dead === 1);
    const about = { event: "evt_1", type: "message.created", key: "a", reason: "the sink answered 500" };
    expect(logged).toEqual([
      ["warn", "hand-on failed, to be tried again", { ...about, waitMs: 1000 }],
      ["error", "event given up: it is among the dead letters", about],
    ]);
  });

  test("an outage of the sink kills no event, however long it lasts", async () => {
    let reachable = false;
    await using at = startTestDispatcher(() => {
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
    await using at = startTestDispatcher(({ id }) => {
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

  test("is not tried again for as long as the sink asks to be left alone", async () => {
    const times: number[] = [];
    await using at = startTestDispatcher(() => {
      times.push(at.clock.now());
      if (times.length === 1) throw new SinkUnavailableError("429", { retryAfterMs: 60_000 });
    });
    await at.accept("evt_1", "a");
    await at.until(({ waiting }) => waiting === 0);
    expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(60_000);
  });

  test("is aborted when it takes too long, and tried again", async () => {
    let aborted = 0;
    await using at = startTestDispatcher(
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
});
