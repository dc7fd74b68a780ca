/** Work under a deadline, on a clock that starts timers and on one that only sleeps. */
import { getEventListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { type Clock, startTimer } from "../../src/client/clock.ts";
import { type Deadline, withDeadline } from "../../src/client/deadline.ts";
import { html, json, never, rejection, scriptedOnSync } from "../../testing/scripted.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";

/** A clock that knows its timers. */
class CountingClock implements Clock {
  readonly #time = new VirtualClock(0);
  pending = 0;
  now = () => this.#time.now();
  sleep = async (ms: number, signal?: AbortSignal) => {
    this.pending += 1;
    try {
      await this.#time.sleep(ms, signal);
    } finally {
      this.pending -= 1;
    }
  };
}

const clocks = {
  "that only sleeps": () => {
    const clock = new CountingClock();
    return { clock, countTimers: () => clock.pending };
  },
  "that starts timers": () => {
    const sleeping = new CountingClock();
    const startOn = (ms: number, fire: () => void) => startTimer(sleeping, ms, fire, () => {});
    const clock: Clock = { now: sleeping.now, sleep: () => Promise.reject(new Error("asleep")), startTimer: startOn };
    return { clock, countTimers: () => sleeping.pending };
  },
};

describe.each(Object.entries(clocks))("on a clock %s, withDeadline", (_kind, open) => {
  const deadlineOf = (clock: Clock, signal?: AbortSignal): Deadline => ({ clock, expiresAt: 50, totalMs: 50, signal });
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test.each([
    ["is done", () => Promise.resolve(7), { kind: "done", value: 7 }],
    ["fails", () => Promise.reject(new Error("broken")), { kind: "failed", error: new Error("broken") }],
    [
      "throws at once",
      () => {
        throw new Error("broken");
      },
      { kind: "failed", error: new Error("broken") },
    ],
  ])("tells how work ended that %s, and leaves no timer behind", async (_how, work: () => Promise<unknown>, result) => {
    const { clock, countTimers } = open();
    expect(await withDeadline(deadlineOf(clock), work)).toEqual(result);
    await settled();
    expect(countTimers()).toBe(0);
  });

  test("ends at the deadline, and aborts the work", async () => {
    const { clock, countTimers } = open();
    let given: AbortSignal | undefined;
    const result = await withDeadline(deadlineOf(clock), (signal) => {
      given = signal;
      return new Promise(() => {});
    });
    expect(result).toEqual({ kind: "expired", begun: true });
    expect([clock.now(), given?.aborted, countTimers()]).toEqual([50, true, 0]);
  });

  test("leaves nothing on the caller's signal, which may outlive many calls", async () => {
    const { signal } = new AbortController();
    await withDeadline(deadlineOf(open().clock, signal), async () => 7);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("leaves no timer behind where the work itself has the call aborted", async () => {
    const { clock, countTimers } = open();
    const controller = new AbortController();
    const reason = new Error("enough");
    let given: AbortSignal | undefined;
    const result = await withDeadline(deadlineOf(clock, controller.signal), (signal) => {
      given = signal;
      controller.abort(reason);
      return new Promise(() => {});
    });
    await settled();
    expect(result).toEqual({ kind: "aborted", begun: true });
    expect([given?.reason, countTimers()]).toEqual([reason, 0]);
  });
});

describe("a call on a clock of the caller's own", () => {
  test("fails with the clock's own error where it cannot sleep", async () => {
    const broken = new Error("this clock has stopped");
    const clock: Clock = { now: () => 0, sleep: () => Promise.reject(broken) };
    const result = await withDeadline({ clock, expiresAt: 50, totalMs: 50, signal: undefined }, never);
    expect(result).toEqual({ kind: "failed", error: broken });
  });

  test("fails with the clock's own error where it cannot sleep between two attempts", async () => {
    const broken = new Error("this clock has stopped");
    const sleep = (ms: number) => (ms < 30_000 ? Promise.reject(broken) : new Promise<void>(() => {}));
    const { onsync, requests } = scriptedOnSync([html(502)], { clock: { now: () => 0, sleep } });
    expect(await rejection(onsync.contacts.get("contact_1"))).toBe(broken);
    expect(requests).toHaveLength(1);
  });

  test("makes no attempt where it wakes after the deadline, and says so", async () => {
    let now = 0;
    const sleep = async (ms: number) => {
      await (ms < 30_000 ? undefined : never());
      now += 60_000;
    };
    const { onsync, requests } = scriptedOnSync([html(502)], { clock: { now: () => now, sleep } });
    expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({
      name: "TimeoutError",
      message: "The deadline passed before GET /contacts/contact_1 was made",
      sent: false,
      cause: { status: 502 },
    });
    expect(requests).toHaveLength(1);
  });

  test("ends in the error of its last attempt where the deadline passes while it waits", async () => {
    let now = 0;
    const sleep = async (ms: number) => {
      if (ms < 30_000) now += 60_000;
      else await never();
    };
    const { onsync, requests } = scriptedOnSync([html(502)], { clock: { now: () => now, sleep } });
    expect(await rejection(onsync.contacts.get("contact_1"))).toMatchObject({ name: "ServerError", status: 502 });
    expect(requests).toHaveLength(1);
  });

  test("comes to its end at once where the wait would last to the very deadline", async () => {
    const { onsync, clock } = scriptedOnSync([html(502), json(200, { id: "contact_1" })]);
    const startedAt = clock.now();
    expect(await rejection(onsync.contacts.get("contact_1", { deadlineMs: 500 }))).toMatchObject({ status: 502 });
    expect(clock.now()).toBe(startedAt);
  });
});
