/** A Redis that would lose events, or cannot be worked with, is told of or refused. */
import { describe, expect, test } from "@jest/globals";
import { connectRedis, type RedisConnection, type Reply } from "../../../../src/redis.ts";
import type { RedisStoreOptions } from "../../../../src/webhooks/store/redis/context.ts";
import { refuseEviction, warnUnlessDurable } from "../../../../src/webhooks/store/redis/durability.ts";
import { openRedisStore } from "../../../../src/webhooks/store/redis/redis-store.ts";
import { skipped, startRedis } from "../../../../testing/redis-server.ts";
import { closeAfterTest } from "./close-after-test.ts";

describe("what a Redis tells of itself", () => {
  const say = async (answer: (command: string) => Reply): Promise<unknown[]> => {
    const said: unknown[] = [];
    const redis = { send: async (command: string) => answer(command) } as unknown as RedisConnection;
    await refuseEviction(redis, (...entry) => said.push(entry));
    await warnUnlessDurable(redis, (...entry) => said.push(entry));
    return said;
  };

  test("one that keeps both its settings and its figures to itself is worked with, and what it must do is said", async () => {
    const refuse = () => {
      throw new Error("NOPERM");
    };
    const warnings = [
      ["warn", "Redis does not tell its maxmemory-policy. It must be noeviction."],
      ["warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always."],
    ];
    expect(await say(refuse)).toEqual(warnings);
    expect(await say((command) => (command === "INFO" ? "# Memory\r\nused_memory:1" : refuse()))).toEqual(warnings);
  });

  test.each([
    ["appendonly no", ["appendonly", "no", "appendfsync", "always"]],
    ["appendfsync everysec", ["appendfsync", "everysec", "appendonly", "yes"]],
  ])("one with %s is warned of", async (_what, settings) => {
    const said = await say(() => ["maxmemory-policy", "noeviction", ...settings]);
    expect(said).toEqual([["warn", expect.stringContaining("`appendonly yes` and `appendfsync always`")]]);
  });
});

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  test.each([
    ["always", []],
    ["everysec", [["warn", expect.stringContaining("appendfsync always")]]],
  ])("with appendfsync %s, the receiver warns where that may lose events", async (setting, warnings) => {
    const { url } = closeAfterTest(await startRedis("--appendfsync", setting));
    const said: unknown[] = [];
    const log: RedisStoreOptions["log"] = (level, message) => said.push([level, message]);
    closeAfterTest(await openRedisStore({ url, log }));
    expect(said).toEqual(warnings);
  });

  test("a Redis that may throw events away is refused, and the setting named, also where it keeps its settings to itself", async () => {
    const evicting = await Promise.all([
      startRedis("--maxmemory-policy", "allkeys-lru"),
      startRedis("--maxmemory-policy", "volatile-ttl", "--rename-command", "CONFIG", ""),
    ]);
    try {
      for (const { url } of evicting)
        await expect(openRedisStore({ url, log: () => {} })).rejects.toThrow("Set `maxmemory-policy noeviction`");
    } finally {
      await Promise.all(evicting.map((each) => each.close()));
    }
  });

  test("a Redis that lets nobody in, or that may not be written to, is named, and no connection is left behind", async () => {
    const refusing = await Promise.all([
      startRedis("--requirepass", "a-password"),
      startRedis("--replicaof", "127.0.0.1 1", "--masterauth", "x"),
    ]);
    try {
      for (const [index, { url }] of refusing.entries()) {
        const host = new URL(url).host;
        const admin = await connectRedis(index === 0 ? `redis://:a-password@${host}` : url);
        const wrong = index === 0 ? [url, `redis://:another@${host}`] : [url];
        for (const each of wrong) {
          await expect(openRedisStore({ url: each })).rejects.toThrow(
            new RegExp(
              `^There is no Redis to work with at ${host}: (NOAUTH|WRONGPASS|READONLY) .*[^.]\\. Check the address`,
            ),
          );
        }
        const clients = String(await admin.send("CLIENT", "LIST", "TYPE", "normal"))
          .trim()
          .split("\n");
        expect(clients).toHaveLength(1);
        await admin.close();
      }
    } finally {
      await Promise.all(refusing.map((each) => each.close()));
    }
  });

  test("says so when there is no Redis", async () => {
    await expect(openRedisStore({ url: "redis://127.0.0.1:1" })).rejects.toThrow(
      "There is no Redis to work with at 127.0.0.1:1",
    );
  });
});
