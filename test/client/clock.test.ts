import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/client/clock.ts";
import { rejection } from "../../testing/scripted.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

describe("systemClock", () => {
  test("never wakes early", async () => {
    for (const ms of [0, 0.4, 1, 2.5, 4]) {
      const startedAt = performance.now();
      await systemClock.sleep(ms);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(ms);
    }
  });

  test("rejects with the signal's reason, before and while it sleeps, however long", async () => {
    const reason = new Error("enough");
    expect(await rejection(systemClock.sleep(1e12, AbortSignal.abort(reason)))).toBe(reason);
    const controller = new AbortController();
    const sleeping = rejection(systemClock.sleep(Number.POSITIVE_INFINITY, controller.signal));
    await systemClock.sleep(2);
    controller.abort(reason);
    expect(await sleeping).toBe(reason);
  });

  test("fires no timer early", async () => {
    for (const ms of [-1, 0, 0.4, 1, 2.5, 4]) {
      const startedAt = performance.now();
      await new Promise<void>((fire) => systemClock.startTimer?.(ms, fire));
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(ms);
    }
  });

  test("fires no timer that was stopped, however long", async () => {
    let fired = false;
    for (const ms of [0, 1, Number.POSITIVE_INFINITY])
      systemClock.startTimer?.(ms, () => {
        fired = true;
      })();
    await systemClock.sleep(4);
    expect(fired).toBe(false);
  });

  test("shows the time", () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  });
});

describe("VirtualClock", () => {
  test("jumps to the earliest timer when everything waits, and stands still while something works", async () => {
    const clock = new VirtualClock(0);
    const woken: [string, number][] = [];
    const sleeper = async (name: string, ms: number) => {
      await clock.sleep(ms);
      woken.push([name, clock.now()]);
    };
    const work = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      woken.push(["work", clock.now()]);
    };
    await Promise.all([sleeper("b", 20), sleeper("a", 10), clock.busy(work)]);
    expect(woken).toEqual([
      ["work", 0],
      ["a", 10],
      ["b", 20],
    ]);
  });
});
