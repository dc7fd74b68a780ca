/** The log for those who wait for events with a cursor. */
import { describe, expect, test } from "@jest/globals";
import { type Event, type EventType, sampleEvent } from "../../../../src/api/index.ts";
import { createDurableLog } from "../../../../src/webhooks/log/durable-log.ts";
import { messageEvent } from "../../../../testing/events.ts";
import { acceptAll, drain, ids, type OpenEmptyStore, openFresh } from "./harness.ts";

export function describeLog(name: string, open: OpenEmptyStore): void {
  describe(`${name}: the log for those who wait`, () => {
    const wait = { limit: 10, timeoutMs: 0 };

    test("goes on from a cursor, whatever became of the events", async () => {
      await using at = await openFresh(open);
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

    test("tells of a gap where the cursor is of another log, and begins with the oldest event kept", async () => {
      await using at = await openFresh(open);
      await acceptAll(at.store, [messageEvent("evt_1")]);
      const log = createDurableLog(at.store, { clock: at.clock });
      for (const cursor of ["other.1", "nonsense", `${(await at.store.end()).log}.99`]) {
        const answer = await log.wait({ ...wait, cursor });
        expect(answer.gap).toBe(true);
        expect(ids(answer.data)).toEqual(["evt_1"]);
      }
    });

    test("answers a waiting reader when an event of a wanted type arrives, and not before", async () => {
      await using at = await openFresh(open);
      const log = createDurableLog(at.store, {
        clock: { ...at.clock, now: () => 0, sleep: () => new Promise(() => {}) },
      });
      const waiting = log.wait({ limit: 10, timeoutMs: 20_000, types: ["contact.created"] });
      await acceptAll(at.store, [messageEvent("evt_1"), { ...sampleEvent("contact.created"), id: "evt_2" }]);
      expect(ids((await waiting).data)).toEqual(["evt_2"]);
    });

    test("a wait ends when it is aborted", async () => {
      await using at = await openFresh(open);
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
      await using at = await openFresh(open);
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
