import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../../src/client/clock.ts";
import { startDispatcher } from "../../../../src/webhooks/dispatcher/dispatcher.ts";
import { openRedisStore } from "../../../../src/webhooks/store/redis/redis-store.ts";
import type { EventStore } from "../../../../src/webhooks/store/store.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { describeOnRedis, logNothing, newPrefix } from "./on-redis.ts";

describeOnRedis((redis) => {
  describe("several receivers", () => {
    const pair = async () => {
      const [clock, prefix] = [createManualClock(), newPrefix()];
      const [one, other] = await Promise.all([redis.open(prefix, clock), redis.open(prefix, clock)]);
      return {
        clock,
        one,
        other,
        [Symbol.asyncDispose]: async () => void (await Promise.all([one.close(), other.close()])),
      };
    };

    test("keep an event once, whichever of them it comes to", async () => {
      await using both = await pair();
      const event = toIncoming(messageEvent("evt_1"));
      const answers = await Promise.all([both.one.accept(event), both.other.accept(event), both.one.accept(event)]);
      expect(answers.filter(Boolean)).toHaveLength(1);
    });

    test("work on a key one at a time, and in order", async () => {
      await using both = await pair();
      await both.one.accept(toIncoming(messageEvent("evt_1")));
      await both.other.accept(toIncoming(messageEvent("evt_2")));
      const [taken] = await both.other.take(10);
      expect(taken?.id).toBe("evt_1");
      expect(await both.one.take(10)).toEqual([]);
      await both.other.done(taken as NonNullable<typeof taken>);
      expect((await both.one.take(10)).map(({ id }) => id)).toEqual(["evt_2"]);
    });

    test("are taken over when they die or stop and their lease ends, and can record no outcome after that", async () => {
      await using both = await pair();
      await both.one.accept(toIncoming(messageEvent("evt_1")));
      await both.one.accept(toIncoming(messageEvent("evt_2")));
      const [stale] = await both.one.take(1);
      both.clock.time += 999;
      expect(await both.other.take(1)).toEqual([]);
      both.clock.time += 1;
      expect(stale?.leaseMs).toBe(1000);
      const [taken] = await both.other.take(1);
      expect(taken?.id).toBe("evt_1");
      for (const settle of [
        both.one.done(stale as NonNullable<typeof stale>),
        both.one.bury(stale as NonNullable<typeof stale>, "no"),
        both.one.retry(stale as NonNullable<typeof stale>, { afterMs: 0, error: "no", refused: true }),
      ]) {
        expect(await settle).toBe(false);
      }
      expect(await both.other.done(taken as NonNullable<typeof taken>)).toBe(true);
      expect((await both.one.take(1)).map(({ id }) => id)).toEqual(["evt_2"]);
    });

    test("ten minutes ahead and behind keep Redis's time: no attempt is burnt, nothing stalls, nothing spins", async () => {
      for (const offset of [600_000, -600_000]) {
        const store = await openRedisStore({ url: redis.server.url, prefix: newPrefix(), log: logNothing });
        let asked = 0;
        const counted: EventStore = {
          ...store,
          take: (...args) => {
            asked += 1;
            return store.take(...args);
          },
        };
        const handed: number[] = [];
        const over = Promise.withResolvers<void>();
        const dispatcher = startDispatcher({
          store: counted,
          sink: {
            name: "sink",
            handOn: async () => {
              handed.push(performance.now());
              if (handed.length < 4) throw new Error("no");
              over.resolve();
            },
            close: async () => {},
          },
          retries: { attempts: 5, firstMs: 80 },
          random: () => 0,
          clock: { ...systemClock, now: () => Date.now() + offset, monotonic: () => performance.now() },
        });
        await store.accept(toIncoming(messageEvent("evt_1")));
        await over.promise;
        await dispatcher.close();
        const waits = handed.slice(1).map((at, index) => at - (handed[index] as number));
        for (const [index, wait] of waits.entries()) expect(wait).toBeGreaterThanOrEqual(40 * 2 ** index - 2);
        expect(handed.at(-1) as number).toBeLessThan((handed[0] as number) + 4000);
        expect(asked).toBeLessThan(40);
        expect(await store.stats()).toMatchObject({ waiting: 0, dead: 0 });
        await store.close();
      }
    });
  });
});
