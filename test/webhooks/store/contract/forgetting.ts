/** What becomes of events that are forgotten, and of all others. */
import { describe, expect, test } from "@jest/globals";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { acceptAll, claimOne, drain, ids, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeForgetting(name: string, open: OpenEmptyStore): void {
  describe(`${name}: forgetting`, () => {
    test("takes the events' bodies and keys, and leaves every other event and position as it is", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1", "a"), messageEvent("evt_2", "b"), messageEvent("evt_3", "a")]);
      const before = await at.store.end();
      expect(await at.store.forget([1, 3, 99])).toBe(2);
      expect(await at.store.forget([1, 3])).toBe(0);
      const kept = await at.store.list({ limit: 10 });
      expect(kept.map(({ position, id, key, body }) => [position, id, key === "a", body === ""])).toEqual([
        [1, "evt_1", false, true],
        [2, "evt_2", false, false],
        [3, "evt_3", false, true],
      ]);
      const page = await at.store.read({ after: 0, limit: 10 });
      expect(page.events.map(({ position }) => position)).toEqual([2]);
      expect({ gap: page.gap, more: page.more, upTo: page.upTo }).toEqual({ gap: false, more: false, upTo: 3 });
      expect(await at.store.end()).toEqual(before);
    });

    test("knows a repeat of what it has forgotten, whatever it says, and keeps nothing of it", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1", "a")]);
      await at.store.forget([1]);
      expect(await at.store.accept(toIncoming(messageEvent("evt_1", "a")))).toBe(false);
      expect(await at.store.accept(toIncoming(messageEvent("evt_1", "other")))).toBe(false);
      expect((await at.store.list({ limit: 10 })).map(({ body }) => body)).toEqual([""]);
    });

    test("hands nobody what was forgotten, and goes on with what waits behind it", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1", "a"), messageEvent("evt_2", "a"), messageEvent("evt_3", "b")]);
      await at.store.forget([1]);
      expect((await drain(at.store)).sort()).toEqual(["evt_2", "evt_3"]);
      expect(await at.store.stats()).toMatchObject({ waiting: 0, keys: 0 });
      expect(await at.store.replay(["evt_1"])).toEqual([]);
      expect(await at.store.take(10)).toEqual([]);
    });

    test("of an event that is being handed on lets its key go", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1", "a"), messageEvent("evt_2", "a")]);
      const claimed = await claimOne(at.store);
      await at.store.forget([1]);
      await at.store.done(claimed);
      expect(await drain(at.store)).toEqual(["evt_2"]);
      expect((await at.store.list({ limit: 10 })).map(({ body }) => body === "")).toEqual([true, false]);
    });

    test("of a dead letter leaves none, and all of it is pruned in its time", async () => {
      await using at = await openFresh(open, { keepMs: 1000 });
      await acceptAll(at.store, [messageEvent("evt_1", "a")]);
      await at.store.bury(await claimOne(at.store), "no");
      await at.store.forget([1]);
      expect(ids(await at.store.list({ state: "dead", limit: 10 }))).toEqual([]);
      expect(await at.store.scrub()).toBe(true);
      at.clock.time += 2000;
      expect(await at.store.prune()).toBe(1);
    });
  });
}
