import { describe, expect, test } from "@jest/globals";
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
});
