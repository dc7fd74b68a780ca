/** Accepting events: each once, by its org and its id. */
import { describe, expect, test } from "@jest/globals";
import type { Event } from "../../../../src/api/index.ts";
import { EventConflictError, type Incoming } from "../../../../src/webhooks/store/store.ts";
import { messageEvent, startOfTests, toIncoming } from "../../../../testing/events.ts";
import { acceptAll, drain, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeAccepting(name: string, open: OpenEmptyStore): void {
  describe(`${name}: accepting events`, () => {
    test("keeps an event once, by its id, byte for byte", async () => {
      await using at = await openFresh(open);
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
      await using at = await openFresh(open);
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
      for (const event of events) expect(await at.store.accept(toIncoming(event))).toBe(true);
      for (const event of events) expect(await at.store.accept(toIncoming(event))).toBe(false);
      expect(await at.store.stats()).toMatchObject({ accepted: pairs.length, waiting: pairs.length });
      const handedOn: string[] = [];
      for (let taken = await at.store.take(3); taken.length > 0; taken = await at.store.take(3)) {
        for (const each of taken) {
          handedOn.push(each.body);
          expect(await at.store.done(each)).toBe(true);
        }
      }
      expect(handedOn.sort()).toEqual(events.map((event) => JSON.stringify(event)).sort());
      for (const event of events) expect(await at.store.accept(toIncoming(event))).toBe(false);
    });

    test("another body under an id of the same org is refused, and what was kept stays, waiting or done", async () => {
      await using at = await openFresh(open);
      const event = messageEvent("evt_1");
      await at.store.accept(toIncoming(event));
      const others = [
        { event, body: `${JSON.stringify(event)} ` },
        toIncoming({ ...event, type: "message.updated" } as Event),
        toIncoming({ ...event, data: { ...event.data, content: "Another." } } as Event),
      ];
      for (const other of others) await expect(at.store.accept(other)).rejects.toThrow(EventConflictError);
      // One that shares its write with others refuses none of them.
      const together = await Promise.allSettled([
        at.store.accept(others[1] as Incoming),
        at.store.accept(toIncoming(messageEvent("evt_2", "b"))),
      ]);
      expect(together.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
      expect((await drain(at.store)).sort()).toEqual(["evt_1", "evt_2"]);
      for (const other of others) await expect(at.store.accept(other)).rejects.toThrow(EventConflictError);
      expect((await at.store.list({ limit: 10 })).map(({ body }) => body)[0]).toBe(JSON.stringify(event));
    });

    test("the same event from many deliveries at once is new to one of them", async () => {
      await using at = await openFresh(open);
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => at.store.accept(toIncoming(messageEvent("evt_1")))),
      );
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await at.store.stats()).toMatchObject({ waiting: 1, accepted: 1 });
    });

    test("of many that arrive at once, more than are written together, each has its own answer and keeps its place", async () => {
      await using at = await openFresh(open);
      const conversation = (n: number): string => `whatsapp:+97150000000${n % 3}`;
      const ids = Array.from({ length: 150 }, (_, n) => `evt_${n}`);
      const accept = (id: string, n: number, body?: string) => {
        const event = messageEvent(id, conversation(n));
        return at.store.accept(body === undefined ? toIncoming(event) : { event, body });
      };
      const answers = await Promise.allSettled([
        ...ids.map((id, n) => accept(id, n)),
        accept("evt_7", 7),
        accept("evt_8", 8, '{"another":"body"}'),
        accept("evt_last", 0),
      ]);
      expect(answers.slice(0, 151).map((answer) => answer.status === "fulfilled" && answer.value)).toEqual([
        ...ids.map(() => true),
        false,
      ]);
      expect(answers[151]).toMatchObject({ status: "rejected", reason: expect.any(EventConflictError) });
      expect(answers[152]).toMatchObject({ status: "fulfilled", value: true });
      const kept = await at.store.list({ limit: 200 });
      expect(kept.map(({ id, position }) => [position, id])).toEqual([...ids, "evt_last"].map((id, n) => [n + 1, id]));
      expect((await at.store.stats()).keys).toBe(3);
    });

    test("tells watchers of a new event, once, and not after they have stopped watching", async () => {
      await using at = await openFresh(open);
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
  });
}
