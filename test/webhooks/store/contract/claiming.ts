/** Claiming events: one of a key at a time, in order, fairly among the keys. */
import { describe, expect, test } from "@jest/globals";
import { sampleEvent } from "../../../../src/api/index.ts";
import type { ClaimedEvent } from "../../../../src/webhooks/store/store.ts";
import { messageEvent, startOfTests } from "../../../../testing/events.ts";
import { acceptAll, claimOne, drain, ids, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeClaiming(name: string, open: OpenEmptyStore): void {
  describe(`${name}: claiming events`, () => {
    test("gives out one event of a key at a time, in the order of arrival", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [
        messageEvent("evt_a1", "a"),
        messageEvent("evt_a2", "a"),
        messageEvent("evt_b1", "b"),
      ]);
      const taken = await at.store.take(10);
      expect(ids(taken).sort()).toEqual(["evt_a1", "evt_b1"]);
      expect(await at.store.take(10)).toEqual([]);
      await at.store.done(taken.find(({ id }) => id === "evt_a1") as ClaimedEvent);
      expect(ids(await at.store.take(10))).toEqual(["evt_a2"]);
    });

    test("gives out no more than asked for", async () => {
      await using at = await openFresh(open);
      await acceptAll(
        at.store,
        ["a", "b", "c"].map((key) => messageEvent(`evt_${key}`, key)),
      );
      const first = await at.store.take(2);
      expect(first).toHaveLength(2);
      expect(ids([...first, ...(await at.store.take(2))]).sort()).toEqual(["evt_a", "evt_b", "evt_c"]);
    });

    test("queues a message with its conversation, and a contact by itself", async () => {
      await using at = await openFresh(open);
      const conversation = sampleEvent("conversation.assigned");
      await acceptAll(at.store, [
        { ...messageEvent("evt_1", conversation.data.id) },
        { ...conversation, id: "evt_2" },
        { ...sampleEvent("contact.created"), id: "evt_3" },
      ]);
      expect(ids(await at.store.take(10)).sort()).toEqual(["evt_1", "evt_3"]);
      expect(await at.store.stats()).toMatchObject({ keys: 2 });
    });

    test("no event goes before one that was claimed, even if it was created earlier", async () => {
      await using at = await openFresh(open, { holdBackMs: 1000 });
      await acceptAll(at.store, [messageEvent("evt_late", "a", 100)]);
      at.clock.time += 1000;
      await at.store.retry(await claimOne(at.store), { afterMs: 0, error: "reset", refused: false });
      await acceptAll(at.store, [messageEvent("evt_early", "a", 0)]);
      at.clock.time += 1000;
      expect(await drain(at.store)).toEqual(["evt_late", "evt_early"]);
    });

    test("events created in one millisecond keep the order of arrival under a hold-back", async () => {
      await using at = await openFresh(open, { holdBackMs: 1000 });
      await acceptAll(
        at.store,
        ["evt_c", "evt_a", "evt_b"].map((id) => messageEvent(id)),
      );
      at.clock.time += 1000;
      expect(await drain(at.store)).toEqual(["evt_c", "evt_a", "evt_b"]);
    });

    test("numbers an event when it is first claimed, keeps the number for repeats, and gives a replay a higher one", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      const first = await claimOne(at.store);
      expect(first.sequence).toBeGreaterThanOrEqual(startOfTests * 1000);
      await at.store.retry(first, { afterMs: 0, error: "reset", refused: false });
      const again = await claimOne(at.store);
      expect(again).toMatchObject({ id: "evt_1", sequence: first.sequence });
      await at.store.bury(again, "no");
      const second = await claimOne(at.store);
      expect(second.sequence).toBeGreaterThan(first.sequence);
      expect(Number.isSafeInteger(second.sequence)).toBe(true);
      await at.store.replay(["evt_1"]);
      await at.store.retry(second, { afterMs: 0, error: "reset", refused: false });
      const still = await claimOne(at.store);
      expect(still).toMatchObject({ id: "evt_2", sequence: second.sequence });
      await at.store.done(still);
      const replayed = await claimOne(at.store);
      expect(replayed.id).toBe("evt_1");
      expect(replayed.sequence).toBeGreaterThan(second.sequence);
    });

    test("claims no more hanging keys than it is asked for, and tells when the other keys are due", async () => {
      await using at = await openFresh(open);
      const keys = ["a", "b", "c"];
      await acceptAll(
        at.store,
        keys.map((key) => messageEvent(`evt_${key}`, key)),
      );
      for (const taken of await at.store.take(3))
        await at.store.retry(taken, { afterMs: 500, error: "no answer", refused: false, hung: true });
      expect([await at.store.nextDueInMs(), await at.store.nextDueInMs(false)]).toEqual([500, null]);
      at.clock.time += 500;
      await acceptAll(at.store, [messageEvent("evt_new", "new")]);
      expect(await at.store.nextDueInMs(false)).toBe(0);
      const taken = await at.store.take(4, 1);
      expect(taken.map(({ attempts, hanging }) => `${attempts} ${hanging}`).sort()).toEqual(["0 false", "1 true"]);
      expect(await at.store.take(4, 0)).toEqual([]);
      expect(await at.store.take(1, 2)).toHaveLength(1);
      expect(await at.store.take(4, 2)).toHaveLength(1);
    });

    test("gives every second place to the key that became due last", async () => {
      await using at = await openFresh(open);
      for (const key of ["1", "2", "3", "4", "5"]) {
        await acceptAll(at.store, [messageEvent(`evt_${key}`, key)]);
        at.clock.time += 1;
      }
      const order: string[] = [];
      for (let n = 0; n < 5; n++) order.push(...ids(await at.store.take(1)));
      expect(order).toEqual(["evt_1", "evt_5", "evt_2", "evt_4", "evt_3"]);
    });
  });
}
