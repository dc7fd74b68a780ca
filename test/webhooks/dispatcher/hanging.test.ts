import { describe, expect, test } from "@jest/globals";
import { startTestDispatcher } from "./harness.ts";

describe("conversations that hang", () => {
  describe("with a thousand conversations that hang", () => {
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

    test("a healthy one still gets its events in well under a second at the median", async () => {
      let underWay = 0;
      let most = 0;
      const answered = new Map<string, number>();
      await using at = startTestDispatcher(
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

    test("a healthy one that fails once is not taken for one that hangs", async () => {
      const times: number[] = [];
      await using at = startTestDispatcher(
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
      await using at = startTestDispatcher(async ({ id, key }, signal) => {
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
    await using at = startTestDispatcher(() => at.clock.sleep(1500), { concurrency: 4 });
    for (let n = 0; n < 40; n++) await at.accept(`evt_${n}`, `key${n}`);
    await at.until(({ waiting }) => waiting === 0);
    expect(at.handed.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  test("a hand-on that is set aside for others is repeated, counts as no refusal, and then has all its time", async () => {
    await using at = startTestDispatcher(({ id, attempt }) => at.clock.sleep(id === "evt_slow" ? 10_000 : attempt), {
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
});
