/** What the Redis engine does where it is told nothing. */
import { afterEach, describe, expect, test } from "@jest/globals";
import { connectRedis } from "../../../src/redis.ts";
import type { RedisStoreOptions } from "../../../src/webhooks/store/redis/context.ts";
import { openRedisStore } from "../../../src/webhooks/store/redis/redis-store.ts";
import { skipped, startRedis } from "../../../testing/redis-server.ts";
import { incoming, messageEvent, turnedClock } from "./store-contract.ts";

/** What ends with the test, the latest first, however it went. */
const opened: { close(): Promise<void> }[] = [];

function until<Closing extends { close(): Promise<void> }>(closing: Closing): Closing {
  opened.unshift(closing);
  return closing;
}

afterEach(async () => {
  for (const closing of opened.splice(0)) await closing.close();
});

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  test.each([
    ["always", []],
    ["everysec", [["warn", expect.stringContaining("appendfsync always")]]],
  ])("with appendfsync %s, the receiver warns where that may lose events", async (setting, warnings) => {
    const { url } = until(await startRedis("--appendfsync", setting));
    const said: unknown[] = [];
    const log: RedisStoreOptions["log"] = (level, message) => said.push([level, message]);
    until(await openRedisStore({ url, log }));
    expect(said).toEqual(warnings);
  });

  test("its keys begin with onsync, and a receiver has 20 seconds for a hand-on", async () => {
    const { url } = until(await startRedis());
    const store = until(await openRedisStore({ url, clock: turnedClock() }));
    await store.accept(incoming(messageEvent("evt_1")));
    const [taken] = await store.take(1);
    expect(taken?.leaseMs).toBe(20_000);
    const beside = until(await connectRedis(url));
    const keys = (await beside.send("KEYS", "*")) as string[];
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(key).toMatch(/^\{onsync\}/);
  });
});
