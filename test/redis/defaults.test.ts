/** What the Redis engine does where it is told nothing. */
import { describe, expect, test } from "@jest/globals";
import { connectRedis } from "../../src/events/redis/connection.ts";
import { openRedisStore } from "../../src/events/redis/index.ts";
import { incoming, messageEvent, turnedClock } from "../events/store-contract.ts";
import { skipped, startRedis } from "./server.ts";

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  test("one that answers before it has written to disk is warned of", async () => {
    for (const [setting, warned] of [
      ["always", 0],
      ["everysec", 1],
    ] as const) {
      const redis = await startRedis("--appendfsync", setting);
      const said: unknown[] = [];
      const store = await openRedisStore({ url: redis.url, log: (level, message) => said.push([level, message]) });
      expect(said).toHaveLength(warned);
      if (warned) expect(said).toEqual([["warn", expect.stringContaining("appendfsync always")]]);
      await store.close();
      await redis.close();
    }
  });

  test("its keys begin with onsync, and a receiver has 20 seconds for a hand-on", async () => {
    const redis = await startRedis();
    const clock = turnedClock();
    const store = await openRedisStore({ url: redis.url, clock });
    await store.accept(incoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    expect((taken?.heldUntil as number) - clock.now()).toBe(20_000);
    const beside = await connectRedis(redis.url);
    const keys = (await beside.send("KEYS", "*")) as string[];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^\{onsync\}/);
    await beside.close();
    await store.close();
    await redis.close();
  });
});
