import { describe, expect, test } from "@jest/globals";
import { connectRedis } from "../../../../src/redis.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { testSchedules } from "../../../hostile/schedules.ts";
import { describeStore } from "../contract/store-contract.ts";
import { describeOnRedis, newPrefix } from "./on-redis.ts";

describeOnRedis((redis) => {
  describeStore("Redis", ({ clock, ...options }) => redis.open(newPrefix(), clock, options));

  describe("in a hostile world", () => {
    testSchedules(() => {
      const prefix = newPrefix();
      return {
        open: ({ clock, ...options }) => redis.open(prefix, clock, options),
        receivers: 2,
        leaseMs: 1000,
        clockJumps: false,
      };
    }, 30);
  });

  test("Redis restarted, killed even, has everything it acknowledged; while it is away, events are refused at once", async () => {
    const clock = createManualClock();
    const store = await redis.open(newPrefix(), clock);
    for (let n = 0; n < 50; n++) await store.accept(toIncoming(messageEvent(`evt_${n}`, `key${n % 5}`)));
    await redis.server.restart("SIGKILL");
    // Until the connection is back.
    const back = async () => {
      for (let tries = 0; ; tries++) {
        try {
          return await store.stats();
        } catch (error) {
          if (tries > 200) throw error;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    expect(await back()).toMatchObject({ waiting: 50, keys: 5, accepted: 50 });
    expect(await store.accept(toIncoming(messageEvent("evt_0", "key0")))).toBe(false);
    expect(await store.accept(toIncoming(messageEvent("evt_50", "key0")))).toBe(true);
    await store.close();
  });

  test("where the script fails at one event, those before it wait and are handed on, and the others are kept when they come again", async () => {
    const prefix = newPrefix();
    const store = await redis.open(prefix, createManualClock());
    const admin = await connectRedis(redis.server.url);
    await store.accept(toIncoming(messageEvent("evt_0", "first")));
    // What the second one's queue should be is something else.
    await admin.send("SET", `{${prefix}}:queue:second`, "no queue");
    const deliver = () =>
      Promise.allSettled(
        ["first", "third", "second", "fourth"].map((key, n) =>
          store.accept(toIncoming(messageEvent(`evt_${n + 1}`, key))),
        ),
      );
    for (const { status } of await deliver()) expect(status).toBe("rejected");
    expect(await store.stats()).toMatchObject({ waiting: 3, keys: 2, accepted: 3 });
    await admin.send("DEL", `{${prefix}}:queue:second`);
    expect(await deliver()).toEqual([false, false, true, true].map((value) => ({ status: "fulfilled", value })));

    const handedOn: string[] = [];
    for (let taken = await store.take(9); taken.length > 0; taken = await store.take(9))
      for (const claimed of taken) {
        handedOn.push(claimed.id);
        await store.done(claimed);
      }
    expect(handedOn.toSorted()).toEqual(["evt_0", "evt_1", "evt_2", "evt_3", "evt_4"]);
    expect((await store.list({ limit: 9 })).map(({ id, position }) => [id, position])).toEqual(
      ["evt_0", "evt_1", "evt_2", "evt_3", "evt_4"].map((id, n) => [id, n + 1]),
    );
    await admin.close();
    await store.close();
  });
});
