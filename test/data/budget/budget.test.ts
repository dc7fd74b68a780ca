/** The share of the org's hour: what it is of, who counts together, and what a higher ceiling changes. */
import { expect, test } from "@jest/globals";
import { createMemoryLedger } from "../../../src/client/index.ts";
import { createBudget, defaultShare } from "../../../src/data/index.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

const hourMs = 3_600_000;

function told(limit: number, remaining = limit) {
  return { limit, remaining, resetAt: null };
}

test("it is 60 % of 1,000 an hour, until an answer tells of another limit; then the next plan knows that one", async () => {
  const clock = new VirtualClock();
  const ledger = createMemoryLedger({ clock });
  const options = { ledger, scope: "https://api.onsync.com/v1", clock };
  const budget = createBudget(options);
  expect(defaultShare).toBe(0.6);
  expect(await budget.hourly()).toEqual({ limit: 1_000, allowed: 600 });
  (await budget.take())(told(50_000));
  expect(await budget.hourly()).toEqual({ limit: 50_000, allowed: 30_000 });
  expect(await createBudget(options).hourly()).toEqual({ limit: 50_000, allowed: 30_000 });
  expect(await createBudget({ ...options, scope: "another" }).hourly()).toEqual({ limit: 1_000, allowed: 600 });
});

test("with a high ceiling a ledger counts a thousand times an hour at most, and no more is taken than the share", async () => {
  const clock = new VirtualClock();
  const memory = createMemoryLedger({ clock });
  let admissions = 0;
  const ledger = {
    ...memory,
    admit: (name: string, limits: Parameters<typeof memory.admit>[1]) => {
      admissions += 1;
      return memory.admit(name, limits);
    },
  };
  const budget = createBudget({ ledger, scope: "x", share: 0.5, clock });
  (await budget.take())(told(100_000));
  const started = clock.now();
  let taken = 1;
  for (; clock.now() === started; taken++) (await budget.take())(told(100_000));
  expect(admissions).toBeLessThanOrEqual(1_100);
  expect(taken).toBeGreaterThan(49_000);
  expect(taken).toBeLessThanOrEqual(50_051);
});

test("with all of the hour nothing is held back, and one that is asked to stop waits no longer", async () => {
  const clock = new VirtualClock();
  const budget = createBudget({ ledger: createMemoryLedger({ clock }), scope: "x", share: 1, clock });
  for (let remaining = 9; remaining >= 0; remaining--) (await budget.take())(told(10, remaining));
  const stop = new AbortController();
  const waiting = budget.take(stop.signal);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
});

test("a request waits while less is left than the others' share, however few were taken here", async () => {
  const clock = new VirtualClock();
  const budget = createBudget({ ledger: createMemoryLedger({ clock }), scope: "x", clock });
  (await budget.take())(told(1_000, 100));
  const started = clock.now();
  await budget.take();
  // 404 must be left, and 1,000 come back in an hour.
  expect(clock.now() - started).toBeCloseTo((305 * hourMs) / 1_000, -4);
});

test("an estimate counts what others have taken of the share within the hour", async () => {
  const clock = new VirtualClock();
  const ledger = createMemoryLedger({ clock });
  const other = createBudget({ ledger, scope: "x", clock });
  for (let count = 0; count < 500; count++) (await other.take())(null);
  const budget = createBudget({ ledger, scope: "x", clock });
  const hoursUntil = async (requests: number) => ((await budget.estimate(requests)) - clock.now()) / hourMs;
  expect(await budget.estimate(0)).toBe(clock.now());
  expect(await hoursUntil(100)).toBeLessThan(0.02);
  expect(await hoursUntil(101)).toBeCloseTo(1, 1);
  expect(await hoursUntil(700)).toBeCloseTo(1, 1);
  expect(await hoursUntil(701)).toBeCloseTo(2, 1);
});
