/** What becomes of a claimed event: a retry, a dead letter, a replay. */
import { describe, expect, test } from "@jest/globals";
import type { ClaimedEvent } from "../../../../src/webhooks/store/store.ts";
import { messageEvent, toIncoming } from "../../../../testing/events.ts";
import { acceptAll, claimOne, drain, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeOutcomes(name: string, open: OpenEmptyStore): void {
  describe(`${name}: recording outcomes`, () => {
    test("an event that failed stays first of its key, and is given out again when it is due", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      await at.store.retry(await claimOne(at.store), {
        afterMs: 1000,
        error: "the sink said 500",
        refused: true,
      });
      expect(await at.store.take(10)).toEqual([]);
      expect(await at.store.nextDueInMs()).toBe(1000);
      expect(await at.store.stats()).toMatchObject({ retrying: 1 });
      at.clock.time += 1000;
      expect(await claimOne(at.store)).toMatchObject({
        id: "evt_1",
        attempts: 1,
        refusals: 1,
        error: "the sink said 500",
      });
    });

    test("an outage counts as an attempt and not as a refusal", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1")]);
      await at.store.retry(await claimOne(at.store), { afterMs: 0, error: "out of reach", refused: false });
      expect(await claimOne(at.store)).toMatchObject({ attempts: 1, refusals: 0 });
    });

    test("a dead letter makes way, is listed, and takes its old place when it is replayed", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2"), messageEvent("evt_3")]);
      await at.store.bury(await claimOne(at.store), "refused ten times");
      expect((await at.store.list({ state: "dead", limit: 10 })).map(({ id, error }) => [id, error])).toEqual([
        ["evt_1", "refused ten times"],
      ]);
      await at.store.done(await claimOne(at.store));
      expect(await at.store.replay(["evt_1", "evt_2", "evt_3", "evt_unknown"])).toEqual(["evt_1", "evt_2"]);
      expect(await at.store.stats()).toMatchObject({ waiting: 3, dead: 0 });
      expect(await drain(at.store)).toEqual(["evt_1", "evt_2", "evt_3"]);
    });

    test("replaying an event makes a key due that had nothing left, and clears the event's attempts and error", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1")]);
      await at.store.bury(await claimOne(at.store), "no");
      expect(await at.store.nextDueInMs()).toBeNull();
      await at.store.replay(["evt_1"]);
      expect(await claimOne(at.store)).toMatchObject({ id: "evt_1", attempts: 0, refusals: 0, error: null });
    });

    test("an event that is replayed before one that is held back is due at once", async () => {
      await using at = await openFresh(open, { holdBackMs: 1000 });
      await acceptAll(at.store, [messageEvent("evt_1")]);
      at.clock.time += 1000;
      await at.store.bury(await claimOne(at.store), "no");
      await acceptAll(at.store, [messageEvent("evt_2", undefined, 5000)]);
      expect(await at.store.nextDueInMs()).toBe(1000);
      await at.store.replay(["evt_1"]);
      expect(await claimOne(at.store)).toMatchObject({ id: "evt_1" });
    });

    test("an event that waits to be tried again is not hurried by the replay of one before it", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      await at.store.bury(await claimOne(at.store), "no");
      await at.store.retry(await claimOne(at.store), { afterMs: 60_000, error: "no", refused: true });
      expect(await at.store.replay(["evt_1"])).toEqual(["evt_1"]);
      expect(await at.store.nextDueInMs()).toBe(60_000);
      at.clock.time += 60_000;
      expect(await drain(at.store)).toEqual(["evt_2", "evt_1"]);
    });

    test("replays every org's event of an id, or that of one org where it is named", async () => {
      await using at = await openFresh(open);
      for (const orgId of ["org_1", "org_2"]) {
        await at.store.accept(toIncoming({ ...messageEvent("evt_1", orgId), orgId }));
        await at.store.bury(await claimOne(at.store), "no");
      }
      expect(await at.store.replay([{ org: "org_3", id: "evt_1" }])).toEqual([]);
      expect(await at.store.replay([{ org: "org_2", id: "evt_1" }])).toEqual(["evt_1"]);
      const [again] = await at.store.take(10);
      expect(again).toMatchObject({ org: "org_2", id: "evt_1" });
      await at.store.done(again as ClaimedEvent);
      expect(await at.store.list({ state: "dead", limit: 10 })).toMatchObject([{ org: "org_1" }]);
      expect(await at.store.replay(["evt_1"])).toEqual(["evt_1", "evt_1"]);
      expect(await at.store.stats()).toMatchObject({ waiting: 2, dead: 0 });
    });
  });
}
