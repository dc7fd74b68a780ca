/** What a store tells and forgets: lists, figures, settings, old events. */
import { describe, expect, test } from "@jest/globals";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { acceptAll, claimOne, ids, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeKeeping(name: string, open: OpenEmptyStore): void {
  describe(`${name}: what it keeps`, () => {
    test("counts the events and keys that wait, and how long the oldest event has waited", async () => {
      await using at = await openFresh(open);
      expect(await at.store.stats()).toEqual({
        waiting: 0,
        dead: 0,
        accepted: 0,
        keys: 0,
        retrying: 0,
        oldestWaitingMs: null,
      });
      await acceptAll(at.store, [messageEvent("evt_1", "a")]);
      at.clock.time += 5000;
      await acceptAll(at.store, [messageEvent("evt_2", "b")]);
      expect(await at.store.stats()).toMatchObject({ waiting: 2, accepted: 2, keys: 2, oldestWaitingMs: 5000 });
    });

    test("lists by state and key, page by page", async () => {
      await using at = await openFresh(open);
      await acceptAll(
        at.store,
        [1, 2, 3, 4].map((n) => messageEvent(`evt_${n}`, n % 2 ? "a" : "b")),
      );
      await at.store.done(await claimOne(at.store));
      expect(ids(await at.store.list({ state: "done", limit: 10 }))).toEqual(["evt_1"]);
      expect(ids(await at.store.list({ key: "b", limit: 10 }))).toEqual(["evt_2", "evt_4"]);
      const [first] = await at.store.list({ state: "waiting", limit: 1 });
      expect(ids(await at.store.list({ state: "waiting", after: first?.position as number, limit: 10 }))).toEqual([
        "evt_3",
        "evt_4",
      ]);
    });

    test("finds the events of a key however many of other keys lie between them", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_first", "rare")]);
      const others = Array.from({ length: 520 }, (_, n) => messageEvent(`evt_${n}`, `key${n % 7}`));
      await Promise.all(others.map((event) => at.store.accept(toIncoming(event))));
      await acceptAll(at.store, [messageEvent("evt_last", "rare")]);
      expect(ids(await at.store.list({ key: "rare", limit: 10 }))).toEqual(["evt_first", "evt_last"]);
      expect(ids(await at.store.list({ state: "waiting", key: "rare", limit: 10 }))).toEqual(["evt_first", "evt_last"]);
    });

    test("forgets what is done and old, and never what waits or is dead", async () => {
      await using at = await openFresh(open, { keepMs: 0 });
      await acceptAll(at.store, [messageEvent("evt_dead", "a"), messageEvent("evt_done", "b")]);
      for (const taken of await at.store.take(2)) {
        await (taken.id === "evt_dead" ? at.store.bury(taken, "no") : at.store.done(taken));
      }
      await acceptAll(at.store, [messageEvent("evt_late", "c")]);
      const { log } = await at.store.end();
      at.clock.time += 200;
      expect(await at.store.prune()).toBe(1);
      expect(ids(await at.store.list({ limit: 10 }))).toEqual(["evt_dead", "evt_late"]);
      expect(await at.store.read({ after: 0, limit: 10 })).toMatchObject({ gap: true });
      expect(await at.store.read({ after: 2, limit: 10 })).toMatchObject({ gap: false, upTo: 3 });
      expect(await at.store.end()).toEqual({ log, position: 3 });
    });

    test("forgets a replayed event by the time of its last hand-on", async () => {
      await using at = await openFresh(open, { keepMs: 3_600_000 });
      await acceptAll(at.store, [messageEvent("evt_dead", "a"), messageEvent("evt_done", "b")]);
      for (const taken of await at.store.take(2))
        await (taken.id === "evt_dead" ? at.store.bury(taken, "no") : at.store.done(taken));
      at.clock.time += 1_800_000;
      await at.store.replay(["evt_dead"]);
      await at.store.done(await claimOne(at.store));
      at.clock.time += 1_800_001;
      expect(await at.store.prune()).toBe(1);
      expect(ids(await at.store.list({ limit: 10 }))).toEqual(["evt_dead"]);
      at.clock.time += 1_800_000;
      expect(await at.store.prune()).toBe(1);
      expect(await at.store.list({ limit: 10 })).toEqual([]);
      expect(await at.store.read({ after: 1, limit: 10 })).toMatchObject({ gap: true, upTo: 2 });
    });

    test("a setting changes for only one of two who change it at once", async () => {
      await using at = await openFresh(open);
      expect(await at.store.setting("secrets")).toBeNull();
      expect(await at.store.swapSetting("secrets", null, "one")).toBe(true);
      expect(await at.store.swapSetting("secrets", null, "two")).toBe(false);
      expect(await at.store.swapSetting("secrets", "other", "two")).toBe(false);
      expect(await at.store.setting("secrets")).toBe("one");
      expect(await at.store.swapSetting("secrets", "one", null)).toBe(true);
      expect(await at.store.setting("secrets")).toBeNull();
    });
  });
}
