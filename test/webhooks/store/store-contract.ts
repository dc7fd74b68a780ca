/** What every engine must do: the same tests for the SQLite file and for Redis. */
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Event, type EventType, sampleEvent } from "../../../src/api/index.ts";
import { createDurableLog } from "../../../src/webhooks/log/durable-log.ts";
import {
  type ClaimedEvent,
  EventConflictError,
  type EventStore,
  type Incoming,
  type StoreOptions,
} from "../../../src/webhooks/store/store.ts";

export const startOfTests = Date.parse("2024-12-01T10:00:00.000Z");

/** A clock that the test moves. */
export function turnedClock() {
  const clock = {
    time: startOfTests,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.time += ms;
    },
  };
  return clock;
}

export type TurnedClock = ReturnType<typeof turnedClock>;

/** A message event of a conversation, created so many milliseconds after the start. */
export function messageEvent(id: string, conversationId = "whatsapp:+1", createdMs = 0): Event {
  return {
    ...sampleEvent("message.created"),
    id,
    createdAt: new Date(startOfTests + createdMs).toISOString(),
    data: { ...sampleEvent("message.created").data, conversationId },
  } as Event;
}

export function incoming(event: Event) {
  return { event, body: JSON.stringify(event) };
}

function ids(events: readonly { id: string }[]) {
  return events.map(({ id }) => id);
}

/** @param open a store that is empty, whatever the tests before left */
export function describeStore(
  name: string,
  open: (options: StoreOptions & { clock: TurnedClock }) => Promise<EventStore>,
) {
  const fresh = async (options: StoreOptions = {}) => {
    const clock = turnedClock();
    const store = await open({ ...options, clock });
    return { clock, store, [Symbol.asyncDispose]: () => store.close() };
  };
  const acceptAll = async (store: EventStore, events: readonly Event[]) => {
    for (const event of events) await store.accept(incoming(event));
  };
  const takeOne = async (store: EventStore): Promise<ClaimedEvent> => {
    const [taken] = await store.take(1);
    if (!taken) throw new Error("nothing is due");
    return taken;
  };
  /** Takes and finishes until nothing is due. */
  const drain = async (store: EventStore): Promise<string[]> => {
    const order: string[] = [];
    for (let taken = await store.take(10); taken.length > 0; taken = await store.take(10)) {
      for (const each of taken) {
        order.push(each.id);
        await store.done(each);
      }
    }
    return order;
  };

  describe(`${name}: an event store`, () => {
    test("keeps an event once, by its id, byte for byte", async () => {
      await using at = await fresh();
      const event = messageEvent("evt_1", "whatsapp:+971500000000");
      const body = ` {"id":"evt_1", "text":"\uFEFFمرحبا 👋\\u0000"}\n`;
      expect(await at.store.accept({ event, body })).toBe(true);
      expect(await at.store.accept({ event, body })).toBe(false);
      const [kept] = await at.store.list({ limit: 10 });
      expect(kept).toEqual({
        id: "evt_1",
        org: "org_123",
        type: "message.created",
        key: "whatsapp:+971500000000",
        position: 1,
        sequence: null,
        createdAt: startOfTests,
        receivedAt: startOfTests,
        state: "waiting",
        attempts: 0,
        refusals: 0,
        error: null,
        body,
      });
    });

    test("an id is its org's own: other orgs' events of that id are kept and handed on beside it", async () => {
      await using at = await fresh();
      // Of names that run into each other where they are written one after the other.
      const pairs = [
        ["org_1", "evt_1"],
        ["org_2", "evt_1"],
        ["", "evt_1"],
        ["evt_1", ""],
        ["a b", "c"],
        ["a", "b c"],
        ["1 a", "b c"],
        ["\ud800", "evt_1"],
        ["\ud801", "evt_1"],
        ["o".repeat(5000), "evt_1"],
        [`${"o".repeat(4999)}p`, "evt_1"],
      ] as const;
      const events = pairs.map(([orgId, id], index) => ({ ...messageEvent(id, `key ${index}`), orgId }));
      for (const event of events) expect(await at.store.accept(incoming(event))).toBe(true);
      for (const event of events) expect(await at.store.accept(incoming(event))).toBe(false);
      expect(await at.store.stats()).toMatchObject({ accepted: pairs.length, waiting: pairs.length });
      const handedOn: string[] = [];
      for (let taken = await at.store.take(3); taken.length > 0; taken = await at.store.take(3)) {
        for (const each of taken) {
          handedOn.push(each.body);
          expect(await at.store.done(each)).toBe(true);
        }
      }
      expect(handedOn.sort()).toEqual(events.map((event) => JSON.stringify(event)).sort());
      for (const event of events) expect(await at.store.accept(incoming(event))).toBe(false);
    });

    test("another body under an id of the same org is refused, and what was kept stays, waiting or done", async () => {
      await using at = await fresh();
      const event = messageEvent("evt_1");
      await at.store.accept(incoming(event));
      const others = [
        { event, body: `${JSON.stringify(event)} ` },
        incoming({ ...event, type: "message.updated" } as Event),
        incoming({ ...event, data: { ...event.data, content: "Another." } } as Event),
      ];
      for (const other of others) await expect(at.store.accept(other)).rejects.toThrow(EventConflictError);
      // One that shares its write with others refuses none of them.
      const together = await Promise.allSettled([
        at.store.accept(others[1] as Incoming),
        at.store.accept(incoming(messageEvent("evt_2", "b"))),
      ]);
      expect(together.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      expect((await drain(at.store)).sort()).toEqual(["evt_1", "evt_2"]);
      for (const other of others) await expect(at.store.accept(other)).rejects.toThrow(EventConflictError);
      expect((await at.store.list({ limit: 10 })).map(({ body }) => body)[0]).toBe(JSON.stringify(event));
    });

    test("an id alone replays every org's event of it; with an org, that one's", async () => {
      await using at = await fresh();
      for (const orgId of ["org_1", "org_2"]) {
        await at.store.accept(incoming({ ...messageEvent("evt_1", orgId), orgId }));
        await at.store.bury(await takeOne(at.store), "no");
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

    test("the same event from many deliveries at once is new to one of them", async () => {
      await using at = await fresh();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => at.store.accept(incoming(messageEvent("evt_1")))),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await at.store.stats()).toMatchObject({ waiting: 1, accepted: 1 });
    });

    test("gives out one event of a key at a time, in the order of arrival", async () => {
      await using at = await fresh();
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
      await using at = await fresh();
      await acceptAll(
        at.store,
        ["a", "b", "c"].map((key) => messageEvent(`evt_${key}`, key)),
      );
      const first = await at.store.take(2);
      expect(first).toHaveLength(2);
      expect(ids([...first, ...(await at.store.take(2))]).sort()).toEqual(["evt_a", "evt_b", "evt_c"]);
    });

    test("a message, its conversation and a contact: two keys", async () => {
      await using at = await fresh();
      const conversation = sampleEvent("conversation.assigned");
      await acceptAll(at.store, [
        { ...messageEvent("evt_1", conversation.data.id) },
        { ...conversation, id: "evt_2" },
        { ...sampleEvent("contact.created"), id: "evt_3" },
      ]);
      expect(ids(await at.store.take(10)).sort()).toEqual(["evt_1", "evt_3"]);
      expect(await at.store.stats()).toMatchObject({ keys: 2 });
    });

    test("what failed stays first of its key, and comes back when it is due", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      await at.store.retry(await takeOne(at.store), {
        afterMs: 1000,
        error: "the sink said 500",
        refused: true,
      });
      expect(await at.store.take(10)).toEqual([]);
      expect(await at.store.nextDueInMs()).toBe(1000);
      expect(await at.store.stats()).toMatchObject({ retrying: 1 });
      at.clock.time += 1000;
      expect(await takeOne(at.store)).toMatchObject({
        id: "evt_1",
        attempts: 1,
        refusals: 1,
        error: "the sink said 500",
      });
    });

    test("an outage counts as an attempt and not as a refusal", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1")]);
      await at.store.retry(await takeOne(at.store), { afterMs: 0, error: "out of reach", refused: false });
      expect(await takeOne(at.store)).toMatchObject({ attempts: 1, refusals: 0 });
    });

    test("a dead letter makes way, is listed, and takes its old place when it is replayed", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2"), messageEvent("evt_3")]);
      await at.store.bury(await takeOne(at.store), "refused ten times");
      expect((await at.store.list({ state: "dead", limit: 10 })).map(({ id, error }) => [id, error])).toEqual([
        ["evt_1", "refused ten times"],
      ]);
      await at.store.done(await takeOne(at.store));
      expect(await at.store.replay(["evt_1", "evt_2", "evt_3", "evt_unknown"])).toEqual(["evt_1", "evt_2"]);
      expect(await at.store.stats()).toMatchObject({ waiting: 3, dead: 0 });
      expect(await drain(at.store)).toEqual(["evt_1", "evt_2", "evt_3"]);
    });

    test("replaying wakes a key that had nothing left, and clears what it failed with", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1")]);
      await at.store.bury(await takeOne(at.store), "no");
      expect(await at.store.nextDueInMs()).toBeNull();
      await at.store.replay(["evt_1"]);
      expect(await takeOne(at.store)).toMatchObject({ id: "evt_1", attempts: 0, refusals: 0, error: null });
    });

    test("tells who watches when something is accepted or replayed", async () => {
      await using at = await fresh();
      let told = 0;
      const unwatch = at.store.watch(() => {
        told += 1;
      });
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_1")]);
      expect(told).toBe(1);
      unwatch();
      await acceptAll(at.store, [messageEvent("evt_2")]);
      expect(told).toBe(1);
    });

    test("counts", async () => {
      await using at = await fresh();
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
      await using at = await fresh();
      await acceptAll(
        at.store,
        [1, 2, 3, 4].map((n) => messageEvent(`evt_${n}`, n % 2 ? "a" : "b")),
      );
      await at.store.done(await takeOne(at.store));
      expect(ids(await at.store.list({ state: "done", limit: 10 }))).toEqual(["evt_1"]);
      expect(ids(await at.store.list({ key: "b", limit: 10 }))).toEqual(["evt_2", "evt_4"]);
      const [first] = await at.store.list({ state: "waiting", limit: 1 });
      expect(ids(await at.store.list({ state: "waiting", after: first?.position as number, limit: 10 }))).toEqual([
        "evt_3",
        "evt_4",
      ]);
    });

    test("forgets what is done and old, and never what waits or is dead", async () => {
      await using at = await fresh({ keepMs: 0 });
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

    test("numbers an event when it is taken, keeps the number for repeats, and gives a replay a higher one", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      const first = await takeOne(at.store);
      expect(first.sequence).toBeGreaterThanOrEqual(startOfTests * 1000);
      await at.store.retry(first, { afterMs: 0, error: "reset", refused: false });
      const again = await takeOne(at.store);
      expect(again).toMatchObject({ id: "evt_1", sequence: first.sequence });
      await at.store.bury(again, "no");
      const second = await takeOne(at.store);
      expect(second.sequence).toBeGreaterThan(first.sequence);
      expect(Number.isSafeInteger(second.sequence)).toBe(true);
      await at.store.replay(["evt_1"]);
      await at.store.retry(second, { afterMs: 0, error: "reset", refused: false });
      const still = await takeOne(at.store);
      expect(still).toMatchObject({ id: "evt_2", sequence: second.sequence });
      await at.store.done(still);
      const replayed = await takeOne(at.store);
      expect(replayed.id).toBe("evt_1");
      expect(replayed.sequence).toBeGreaterThan(second.sequence);
    });

    test("nothing goes before an event that was taken, created earlier or not", async () => {
      await using at = await fresh({ holdBackMs: 1000 });
      await acceptAll(at.store, [messageEvent("evt_late", "a", 100)]);
      at.clock.time += 1000;
      await at.store.retry(await takeOne(at.store), { afterMs: 0, error: "reset", refused: false });
      await acceptAll(at.store, [messageEvent("evt_early", "a", 0)]);
      at.clock.time += 1000;
      expect(await drain(at.store)).toEqual(["evt_late", "evt_early"]);
    });

    test("created in one millisecond, events keep the order of arrival under a hold-back", async () => {
      await using at = await fresh({ holdBackMs: 1000 });
      await acceptAll(
        at.store,
        ["evt_c", "evt_a", "evt_b"].map((id) => messageEvent(id)),
      );
      at.clock.time += 1000;
      expect(await drain(at.store)).toEqual(["evt_c", "evt_a", "evt_b"]);
    });

    test("is asked for no more keys that hang than there is room for, and tells what else is due", async () => {
      await using at = await fresh();
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

    test("every second place goes to what became due last", async () => {
      await using at = await fresh();
      for (const key of ["1", "2", "3", "4", "5"]) {
        await acceptAll(at.store, [messageEvent(`evt_${key}`, key)]);
        at.clock.time += 1;
      }
      const order: string[] = [];
      for (let n = 0; n < 5; n++) order.push(...ids(await at.store.take(1)));
      expect(order).toEqual(["evt_1", "evt_5", "evt_2", "evt_4", "evt_3"]);
    });

    test("what was replayed and is done later is forgotten in its turn", async () => {
      await using at = await fresh({ keepMs: 3_600_000 });
      await acceptAll(at.store, [messageEvent("evt_dead", "a"), messageEvent("evt_done", "b")]);
      for (const taken of await at.store.take(2))
        await (taken.id === "evt_dead" ? at.store.bury(taken, "no") : at.store.done(taken));
      at.clock.time += 1_800_000;
      await at.store.replay(["evt_dead"]);
      await at.store.done(await takeOne(at.store));
      at.clock.time += 1_800_001;
      expect(await at.store.prune()).toBe(1);
      expect(ids(await at.store.list({ limit: 10 }))).toEqual(["evt_dead"]);
      at.clock.time += 1_800_000;
      expect(await at.store.prune()).toBe(1);
      expect(await at.store.list({ limit: 10 })).toEqual([]);
      expect(await at.store.read({ after: 1, limit: 10 })).toMatchObject({ gap: true, upTo: 2 });
    });

    test("settings change for one of two who change them at once", async () => {
      await using at = await fresh();
      expect(await at.store.setting("secrets")).toBeNull();
      expect(await at.store.swapSetting("secrets", null, "one")).toBe(true);
      expect(await at.store.swapSetting("secrets", null, "two")).toBe(false);
      expect(await at.store.swapSetting("secrets", "other", "two")).toBe(false);
      expect(await at.store.setting("secrets")).toBe("one");
      expect(await at.store.swapSetting("secrets", "one", null)).toBe(true);
      expect(await at.store.setting("secrets")).toBeNull();
    });

    test("property: every event is given out once, in order within its key, whatever fails in between", async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 25 }),
          fc.array(fc.constantFrom("done", "retry"), { minLength: 1, maxLength: 10 }),
          async (keys, outcomes) => {
            await using at = await fresh();
            const all = keys.map((key, index) => ({ key, id: `evt_${index}` }));
            await Promise.all(all.map(({ key, id }) => at.store.accept(incoming(messageEvent(id, key)))));
            const order: { id: string; key: string }[] = [];
            for (let step = 0; order.length < all.length && step < 1000; step++) {
              for (const taken of await at.store.take(2)) {
                // Some retries, then none, so that it ends.
                if (step < 20 && outcomes[step % outcomes.length] === "retry") {
                  await at.store.retry(taken, { afterMs: 10, error: "no", refused: true });
                } else {
                  await at.store.done(taken);
                  order.push(taken);
                }
              }
              at.clock.time += 5;
            }
            for (const key of ["a", "b", "c"]) {
              const of = (list: readonly { id: string; key: string }[]) => ids(list.filter((each) => each.key === key));
              expect(of(order)).toEqual(of(all));
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    test("property: what arrives within the hold-back of each other is given out in the order of creation", async () => {
      const holdBackMs = 1000;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ arrives: fc.integer({ min: 0, max: 4000 }), createdMs: fc.nat({ max: 10_000 }) }), {
            maxLength: 12,
          }),
          async (plan) => {
            await using at = await fresh({ holdBackMs });
            const arrivals = plan.map((each, index) => ({ ...each, id: `evt_${String(index).padStart(3, "0")}` }));
            arrivals.sort((one, other) => one.arrives - other.arrives);
            const order: string[] = [];
            for (let now = 0; now <= 4000 + holdBackMs * (plan.length + 1); now += 250) {
              for (const { id, createdMs } of arrivals.filter(({ arrives }) => arrives > now - 250 && arrives <= now)) {
                await at.store.accept(incoming(messageEvent(id, "a", createdMs)));
              }
              order.push(...(await drain(at.store)));
              at.clock.time += 250;
            }
            expect([...order].sort()).toEqual(arrivals.map(({ id }) => id).sort());
            const slot = (ms: number) => Math.ceil(ms / 250) * 250;
            for (const one of arrivals) {
              for (const other of arrivals) {
                const close = Math.abs(slot(one.arrives) - slot(other.arrives)) < holdBackMs;
                if (close && one.createdMs < other.createdMs)
                  expect(order.indexOf(one.id)).toBeLessThan(order.indexOf(other.id));
              }
            }
          },
        ),
        { numRuns: 40 },
      );
    });
  });

  describe(`${name}: the log for those who wait`, () => {
    const wait = { limit: 10, timeoutMs: 0 };

    test("goes on from a cursor, whatever became of the events", async () => {
      await using at = await fresh();
      const log = createDurableLog(at.store, { clock: at.clock });
      await acceptAll(at.store, [messageEvent("evt_0")]);
      const { cursor, data } = await log.wait(wait);
      expect(data).toEqual([]);
      await acceptAll(at.store, [messageEvent("evt_1"), messageEvent("evt_2")]);
      await drain(at.store);
      const answer = await log.wait({ ...wait, cursor });
      expect(answer).toMatchObject({ more: false, gap: false });
      expect(ids(answer.data)).toEqual(["evt_1", "evt_2"]);
      expect(answer.data[0]).toEqual(messageEvent("evt_1"));
      expect((await log.wait({ ...wait, cursor: answer.cursor })).data).toEqual([]);
    });

    test("says so when the cursor is of another log, and begins with what is kept", async () => {
      await using at = await fresh();
      await acceptAll(at.store, [messageEvent("evt_1")]);
      const log = createDurableLog(at.store, { clock: at.clock });
      for (const cursor of ["other.1", "nonsense", `${(await at.store.end()).log}.99`]) {
        const answer = await log.wait({ ...wait, cursor });
        expect(answer.gap).toBe(true);
        expect(ids(answer.data)).toEqual(["evt_1"]);
      }
    });

    test("wakes who waits, and waits on over events of other types", async () => {
      await using at = await fresh();
      const log = createDurableLog(at.store, {
        clock: { ...at.clock, now: () => 0, sleep: () => new Promise(() => {}) },
      });
      const waiting = log.wait({ limit: 10, timeoutMs: 20_000, types: ["contact.created"] });
      await acceptAll(at.store, [messageEvent("evt_1"), { ...sampleEvent("contact.created"), id: "evt_2" }]);
      expect(ids((await waiting).data)).toEqual(["evt_2"]);
    });

    test("ends when it is aborted", async () => {
      await using at = await fresh();
      const log = createDurableLog(at.store, {
        clock: {
          now: () => 0,
          sleep: (_ms, signal) => new Promise((_resolve, reject) => signal?.addEventListener("abort", reject)),
        },
      });
      const controller = new AbortController();
      const waiting = log.wait({ limit: 10, timeoutMs: 20_000, signal: controller.signal });
      controller.abort(new Error("gave up"));
      await expect(waiting).rejects.toThrow("gave up");
    });

    test("pages of any size give every wanted event once, in order", async () => {
      await using at = await fresh();
      const log = createDurableLog(at.store, { clock: at.clock });
      const { cursor: start } = await log.wait(wait);
      const types: EventType[] = ["message.created", "contact.created", "contact.updated"];
      const all = Array.from({ length: 30 }, (_, n) => ({
        ...(sampleEvent(types[n % 3] as EventType) as Event),
        id: `evt_${n}`,
      }));
      await acceptAll(at.store, all as Event[]);
      for (const limit of [1, 3, 7, 100]) {
        const seen: string[] = [];
        for (let cursor = start, more = true; more; ) {
          const answer = await log.wait({ limit, timeoutMs: 0, types: ["message.created", "contact.updated"], cursor });
          seen.push(...ids(answer.data));
          ({ cursor, more } = answer);
        }
        expect(seen).toEqual(ids(all.filter(({ type }) => type !== "contact.created")));
      }
    });
  });
}
