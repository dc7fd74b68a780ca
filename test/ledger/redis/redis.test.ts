import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openLedger, openRedisLedger, type SendLedger } from "../../../src/ledger/index.ts";
import { connectRedis } from "../../../src/redis.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
import { rejection } from "../../../testing/scripted.ts";
import { ledgerClock } from "../ledger-clock.ts";
import { describeLedger } from "../ledger-contract.ts";
import { leaseMs, messageOf, sent } from "../messages.ts";

let redis: RedisServer;
let ledgers = 0;

function newPrefix() {
  return `ledger${++ledgers}`;
}

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  const settingRedis = async (...pairs: string[]): Promise<void> => {
    const connection = await connectRedis(redis.url);
    await connection.send("CONFIG", "SET", ...pairs);
    await connection.close();
  };

  describeLedger("Redis", (clock) => openRedisLedger({ url: redis.url, prefix: newPrefix(), clock }));

  test("of many processes one is granted each reference, and a claim survives Redis being killed", async () => {
    const prefix = newPrefix();
    const open = () => openRedisLedger({ url: redis.url, prefix });
    const handles = await Promise.all([open(), open(), open()]);
    const references = Array.from({ length: 50 }, (_, index) => `order-${index}`);
    const results = await Promise.all(
      references.flatMap((reference) => handles.map((handle) => handle.claim(messageOf(reference), { leaseMs }))),
    );
    expect(results.filter(({ granted }) => granted)).toHaveLength(references.length);
    await Promise.all(handles.map((handle) => handle.close()));

    await redis.restart("SIGKILL");
    const after = await open();
    expect(await after.list()).toHaveLength(references.length);
    for (const reference of references)
      expect((await after.claim(messageOf(reference), { leaseMs })).granted).toBe(false);
    await after.close();
  });

  test("by Redis's own clock an entry has an age, a lease that ends, and a time to live", async () => {
    const prefix = newPrefix();
    const ledger = await openRedisLedger({ url: redis.url, prefix });
    const { entry } = await ledger.claim(messageOf("order-1"), { leaseMs: 0 });
    expect(Math.abs(Date.parse(entry.claimedAt) - Date.now())).toBeLessThan(10_000);
    expect(entry).toMatchObject({ state: "unknown", leaseMs: 0 });
    await ledger.setNote("a", "b", { ttlMs: 60_000 });
    await ledger.admit("sends", [{ limit: 1, windowMs: 60_000 }]);
    const connection = await connectRedis(redis.url);
    const keys = (await connection.send("KEYS", `{${prefix}:ledger}:*`)) as string[];
    const lasting = [];
    for (const key of keys) if (Number(await connection.send("PTTL", key)) < 0) lasting.push(key.split(":").at(-1));
    // Two lists of names and a counter stay; every key is in one slot.
    expect(lasting.sort()).toEqual(["claims", "open", "position"]);
    expect(keys.every((key) => key.startsWith(`{${prefix}:ledger}:`))).toBe(true);
    await Promise.all([connection.close(), ledger.close()]);
  });

  test("its keys begin with {onsync:ledger} unless it is told otherwise", async () => {
    const ledger = await openRedisLedger({ url: redis.url });
    await ledger.claim(messageOf("order-1"), { leaseMs });
    await ledger.setNote("a", "b", { ttlMs: 60_000 });
    const connection = await connectRedis(redis.url);
    const keys = (await connection.send("KEYS", "{onsync:ledger}:*")) as string[];
    expect(keys.length).toBeGreaterThan(2);
    await connection.send("DEL", ...keys);
    await Promise.all([connection.close(), ledger.close()]);
  });

  test("the names of expired entries are removed with the next claims", async () => {
    const [prefix, clock] = [newPrefix(), ledgerClock()];
    const ledger = await openRedisLedger({ url: redis.url, prefix, clock });
    for (let index = 0; index < 8; index += 1) await ledger.claim(messageOf(`order-${index}`), { leaseMs });
    clock.pass(31 * 24 * 60 * 60 * 1000);
    for (let index = 8; index < 11; index += 1) await ledger.claim(messageOf(`order-${index}`), { leaseMs });
    const connection = await connectRedis(redis.url);
    for (const set of ["claims", "open"]) expect(await connection.send("ZCARD", `{${prefix}:ledger}:${set}`)).toBe(3);
    await Promise.all([connection.close(), ledger.close()]);
  });

  test("a long list is read in parts", async () => {
    const ledger = await openRedisLedger({ url: redis.url, prefix: newPrefix() });
    for (let index = 0; index < 450; index += 1) await ledger.claim(messageOf(`order-${index}`), { leaseMs });
    await ledger.record(messageOf("order-0"), sent);
    expect((await ledger.list({ limit: 1000 })).map(({ reference }) => reference)).toEqual(
      Array.from({ length: 450 }, (_, index) => `order-${449 - index}`),
    );
    expect(await ledger.list({ states: ["sent"] })).toMatchObject([{ reference: "order-0" }]);
    await ledger.close();
  });

  describe("at the start", () => {
    test.each(["allkeys-lru", "volatile-ttl"])(
      "a Redis that evicts (%s) is refused, with the setting to change",
      async (policy) => {
        await settingRedis("maxmemory-policy", policy);
        const refusal = (await rejection(openLedger(redis.url))) as Error;
        await settingRedis("maxmemory-policy", "noeviction");
        expect(refusal.message).toBe(
          `--ledger: The Redis at ${new URL(redis.url).host} forgets sends when its memory is full (its maxmemory-policy is ${policy}), and a message could go out twice: set \`maxmemory-policy noeviction\` in its configuration.`,
        );
      },
    );

    test("a Redis that answers before it has written is told of in the log, and used; one that writes first is used", async () => {
      await settingRedis("appendfsync", "everysec");
      const told: string[] = [];
      const log = (level: string, message: string) => void told.push(`${level} ${message}`);
      const ledger = await openLedger(redis.url, { log });
      await settingRedis("appendfsync", "always");
      const warning = [expect.stringMatching(/^warn Redis answers before .*appendfsync always/)];
      expect(told).toEqual(warning);
      await ledger.close();
      await (await openLedger(redis.url, { log })).close();
      expect(told).toEqual(warning);
    });

    test("a Redis that forbids CONFIG is accepted, and its password may have any characters", async () => {
      const password = "p%41ss:w/o@r#d?";
      const connection = await connectRedis(redis.url);
      await connection.send("ACL", "SETUSER", "limited", "on", `>${password}`, "~*", "+@all", "-config");
      const told: string[] = [];
      const log = (_level: string, message: string) => void told.push(message);
      const ledger = await openLedger(redis.url.replace("//", "//limited@"), { password, log });
      expect(told).toEqual([expect.stringContaining("Redis does not tell how it writes to disk")]);
      expect((await ledger.claim(messageOf("limited"), { leaseMs })).granted).toBe(true);
      const wrong = (await rejection(
        openLedger(redis.url.replace("//", "//limited@"), { password: "wr0ng-one" }),
      )) as Error;
      expect(wrong.message).toMatch(/^--ledger: There is no Redis to work with at 127\.0\.0\.1:\d+: WRONGPASS/);
      await connection.send("ACL", "DELUSER", "limited");
      await Promise.all([connection.close(), ledger.close()]);
    });

    test("a Redis that evicts is refused where it forbids CONFIG, too", async () => {
      const connection = await connectRedis(redis.url);
      await connection.send("ACL", "SETUSER", "unasked", "on", ">secret-of-unasked", "~*", "+@all", "-config");
      await connection.send("CONFIG", "SET", "maxmemory-policy", "volatile-ttl");
      const opening = openLedger(redis.url.replace("//", "//unasked@"), { password: "secret-of-unasked" });
      const refusal = (await rejection(opening)) as Error;
      await connection.send("CONFIG", "SET", "maxmemory-policy", "noeviction");
      await connection.send("ACL", "DELUSER", "unasked");
      await connection.close();
      expect(refusal.message).toContain("set `maxmemory-policy noeviction`");
    });

    test("the password of the URL counts where another is given beside it", async () => {
      const connection = await connectRedis(redis.url);
      await connection.send("ACL", "SETUSER", "named", "on", ">its-own-secret", "~*", "+@all");
      const url = redis.url.replace("//", "//named:its-own-secret@");
      await (await openLedger(url, { password: "of-another-redis" })).close();
      await connection.send("ACL", "DELUSER", "named");
      await connection.close();
    });

    test("a user who may not write is refused", async () => {
      const connection = await connectRedis(redis.url);
      await connection.send("ACL", "SETUSER", "reader", "on", ">secret-of-reader", "~*", "+ping", "+hello", "+client");
      const refusal = (await rejection(openLedger(redis.url.replace("//", "//reader:secret-of-reader@")))) as Error;
      expect(refusal.message).toMatch(/NOPERM/);
      expect(refusal.message).not.toContain("secret-of-reader");
      await connection.send("ACL", "DELUSER", "reader");
      await connection.close();
    });
  });

  test("while Redis is away nothing is claimed, and afterwards it goes on", async () => {
    const own = await startRedis();
    const ledger: SendLedger = await openRedisLedger({ url: own.url });
    try {
      const restarted = own.restart("SIGKILL");
      // An error of another realm, where the socket itself ends.
      const claim = await rejection(ledger.claim(messageOf("away"), { leaseMs }));
      expect(claim).toMatchObject({ message: expect.stringMatching(/./) });
      await restarted;
    } finally {
      await ledger.close();
      await own.close();
    }
  });
});
