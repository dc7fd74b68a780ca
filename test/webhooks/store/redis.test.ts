import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../src/client/clock.ts";
import { connectRedis } from "../../../src/redis.ts";
import { startDispatcher } from "../../../src/webhooks/dispatcher/dispatcher.ts";
import { openRedisStore } from "../../../src/webhooks/store/redis/redis-store.ts";
import type { EventStore } from "../../../src/webhooks/store/store.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
import { testSchedules } from "../../hostile/schedules.ts";
import { describeStore, incoming, messageEvent, type TurnedClock, turnedClock } from "./store-contract.ts";

let redis: RedisServer;
let stores = 0;

function quiet() {}

function open(prefix: string, clock: TurnedClock, more = {}): Promise<EventStore> {
  return openRedisStore({ url: redis.url, prefix, clock, leaseMs: 1000, log: quiet, ...more });
}

function newPrefix() {
  stores += 1;
  return `store${stores}`;
}

(skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  describeStore("Redis", ({ clock, ...options }) => open(newPrefix(), clock, options));

  describe("in a hostile world", () => {
    testSchedules(() => {
      const prefix = newPrefix();
      return {
        open: ({ clock, ...options }) => open(prefix, clock, options),
        receivers: 2,
        leaseMs: 1000,
        clockJumps: false,
      };
    }, 30);
  });

  describe("several receivers", () => {
    const pair = async () => {
      const [clock, prefix] = [turnedClock(), newPrefix()];
      const [one, other] = await Promise.all([open(prefix, clock), open(prefix, clock)]);
      return {
        clock,
        one,
        other,
        [Symbol.asyncDispose]: async () => void (await Promise.all([one.close(), other.close()])),
      };
    };

    test("keep an event once, whichever it comes to", async () => {
      await using both = await pair();
      const event = incoming(messageEvent("evt_1"));
      const answers = await Promise.all([both.one.accept(event), both.other.accept(event), both.one.accept(event)]);
      expect(answers.filter(Boolean)).toHaveLength(1);
    });

    test("work on a key one at a time, and in order", async () => {
      await using both = await pair();
      await both.one.accept(incoming(messageEvent("evt_1")));
      await both.other.accept(incoming(messageEvent("evt_2")));
      const [taken] = await both.other.take(10);
      expect(taken?.id).toBe("evt_1");
      expect(await both.one.take(10)).toEqual([]);
      await both.other.done(taken as NonNullable<typeof taken>);
      expect((await both.one.take(10)).map(({ id }) => id)).toEqual(["evt_2"]);
    });

    test("one that dies or stops is taken over when its lease ends, and can settle nothing after", async () => {
      await using both = await pair();
      await both.one.accept(incoming(messageEvent("evt_1")));
      await both.one.accept(incoming(messageEvent("evt_2")));
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
  });

  test("Redis restarted, killed even, has everything it acknowledged; while it is away, events are refused at once", async () => {
    const clock = turnedClock();
    const store = await open(newPrefix(), clock);
    for (let n = 0; n < 50; n++) await store.accept(incoming(messageEvent(`evt_${n}`, `key${n % 5}`)));
    await redis.restart("SIGKILL");
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
    expect(await store.accept(incoming(messageEvent("evt_0", "key0")))).toBe(false);
    expect(await store.accept(incoming(messageEvent("evt_50", "key0")))).toBe(true);
    await store.close();
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

  test("receivers ten minutes ahead and behind keep Redis's time: no attempt is burnt, nothing stalls, nothing spins", async () => {
    for (const offset of [600_000, -600_000]) {
      const store = await openRedisStore({ url: redis.url, prefix: newPrefix(), log: quiet });
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
      await store.accept(incoming(messageEvent("evt_1")));
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

  test("a Redis that may throw events away is refused, and the setting named, also where it keeps its settings to itself", async () => {
    const evicting = await Promise.all([
      startRedis("--maxmemory-policy", "allkeys-lru"),
      startRedis("--maxmemory-policy", "volatile-ttl", "--rename-command", "CONFIG", ""),
    ]);
    try {
      for (const { url } of evicting)
        await expect(openRedisStore({ url, log: quiet })).rejects.toThrow("Set `maxmemory-policy noeviction`");
    } finally {
      await Promise.all(evicting.map((each) => each.close()));
    }
  });

  test("what an older version kept is gone on with: a backlog of a hold-back, retries, dead letters, done events", async () => {
    const [prefix, clock] = [newPrefix(), turnedClock()];
    const raw = await connectRedis(redis.url);
    const root = `{${prefix}}`;
    const old = async (id: string, position: number, rank: number, state: string, attempts = 0) => {
      const fields = { position, rank, type: "message.created", key: "a", createdAt: rank, receivedAt: clock.time };
      const rest = { state, attempts, refusals: attempts, error: "", body: "{}" };
      await raw.send("HSET", `${root}:event:${id}`, ...Object.entries({ ...fields, ...rest }).flat());
      await raw.send("XADD", `${root}:log`, `${position}-0`, "id", id, "type", "message.created");
      if (state === "waiting") {
        await raw.send("ZADD", `${root}:queue:a`, rank, id);
        await raw.send("ZADD", `${root}:waiting`, position, id);
      }
    };
    await old("evt_done", 1, 1, "done");
    await old("evt_dead", 2, 2, "dead");
    await raw.send("ZADD", `${root}:dead`, 2, "evt_dead");
    await old("evt_second", 3, clock.time - 10, "waiting");
    await old("evt_first", 4, clock.time - 20, "waiting", 3);
    await raw.send("ZADD", `${root}:ready`, clock.time, "a");
    await raw.send("SADD", `${root}:retrying`, "a");
    await raw.send("HSET", `${root}:meta`, "position", 4, "log", "abcd1234");

    const store = await open(prefix, clock, { keepMs: 1000 });
    expect(await store.end()).toEqual({ log: "abcd1234", position: 4 });
    await store.accept(incoming(messageEvent("evt_new", "a")));
    const order: string[] = [];
    for (let [taken] = await store.take(1); taken; [taken] = await store.take(1)) {
      order.push(taken.id);
      expect(taken.sequence).toBeGreaterThan(4);
      await store.done(taken);
    }
    expect(order).toEqual(["evt_first", "evt_second", "evt_new"]);
    expect(await store.replay(["evt_dead"])).toEqual(["evt_dead"]);
    clock.time += 1001;
    expect(await store.prune()).toBe(4);
    expect(await store.stats()).toMatchObject({ retrying: 0, waiting: 1, dead: 0 });
    expect((await store.list({ limit: 10 })).map(({ id }) => id)).toEqual(["evt_dead"]);
    await store.close();
    await raw.send("HSET", `${root}:meta`, "format", 9);
    await expect(open(prefix, clock)).rejects.toThrow("format 9");
    await raw.close();
  });

  test("what format 2 kept is known by its org, is taken, settled, replayed and forgotten", async () => {
    const [prefix, clock] = [newPrefix(), turnedClock()];
    const raw = await connectRedis(redis.url);
    const root = `{${prefix}}`;
    const kept = {
      waiting: messageEvent("evt_1", "a"),
      done: messageEvent("evt_2", "a"),
      dead: messageEvent("evt_3", "b"),
    };
    for (const [index, [state, event]] of Object.entries(kept).entries()) {
      const [id, key, position] = [event.id, state === "dead" ? "b" : "a", index + 1];
      const fields = { position, rank: position, type: event.type, key, createdAt: clock.time, receivedAt: clock.time };
      const rest = { state, attempts: 0, refusals: 0, error: "", body: JSON.stringify(event) };
      await raw.send("HSET", `${root}:event:${id}`, ...Object.entries({ ...fields, ...rest }).flat());
      await raw.send("XADD", `${root}:log`, `${position}-0`, "id", id, "type", event.type);
    }
    await raw.send("ZADD", `${root}:queue:a`, 1, "evt_1");
    await raw.send("ZADD", `${root}:waiting`, 1, "evt_1");
    await raw.send("ZADD", `${root}:ready`, clock.time, "a");
    await raw.send("ZADD", `${root}:done`, clock.time, "2 evt_2");
    await raw.send("ZADD", `${root}:dead`, 3, "evt_3");
    await raw.send("HSET", `${root}:meta`, "position", 3, "log", "abcd1234", "format", 2);

    const store = await open(prefix, clock, { keepMs: 1000 });
    for (const event of Object.values(kept)) {
      expect(await store.accept(incoming(event))).toBe(false);
      await expect(store.accept({ event, body: "{}" })).rejects.toThrow("another body");
    }
    expect(await store.list({ limit: 10 })).toMatchObject(
      Object.values(kept).map(({ id, orgId }) => ({ id, org: orgId })),
    );
    expect(await store.accept(incoming({ ...kept.waiting, orgId: "org_other" }))).toBe(true);
    expect(await store.replay(["evt_2", { org: "org_123", id: "evt_3" }])).toEqual(["evt_2", "evt_3"]);
    const order: string[] = [];
    for (let [taken] = await store.take(1); taken; [taken] = await store.take(1)) {
      order.push(`${taken.org} ${taken.id}`);
      expect(await store.done(taken)).toBe(true);
    }
    expect(order.sort()).toEqual(["org_123 evt_1", "org_123 evt_2", "org_123 evt_3", "org_other evt_1"]);
    clock.time += 1001;
    expect(await store.prune()).toBe(4);
    expect(await store.accept(incoming(kept.dead))).toBe(true);
    await store.close();
    await raw.close();
  });

  test("says so when there is no Redis", async () => {
    await expect(openRedisStore({ url: "redis://127.0.0.1:1" })).rejects.toThrow(
      "There is no Redis to work with at 127.0.0.1:1",
    );
  });
});
