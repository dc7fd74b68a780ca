/** What the Redis engine does where it is told nothing. */
import { describe, expect, test } from "@jest/globals";
import { connectRedis } from "../../../../src/redis.ts";
import { openRedisStore } from "../../../../src/webhooks/store/redis/redis-store.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { skipped, startRedis } from "../../../../testing/redis-server.ts";
import { closeAfterTest } from "./close-after-test.ts";

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  test("its keys begin with onsync", async () => {
    const { url } = closeAfterTest(await startRedis());
    const store = closeAfterTest(await openRedisStore({ url, clock: createManualClock() }));
    await store.accept(toIncoming(messageEvent("evt_1")));
    await store.take(1);
    const beside = closeAfterTest(await connectRedis(url));
    const keys = (await beside.send("KEYS", "*")) as string[];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^\{onsync\}/);
  });

  test("a receiver has 20 seconds for a hand-on", async () => {
    const { url } = closeAfterTest(await startRedis());
    const store = closeAfterTest(await openRedisStore({ url, clock: createManualClock() }));
    await store.accept(toIncoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    expect(taken?.leaseMs).toBe(20_000);
  });
});
