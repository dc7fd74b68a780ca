import { expect, test } from "@jest/globals";
import { connectRedis } from "../../../../src/redis.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { describeOnRedis, newPrefix } from "./on-redis.ts";

describeOnRedis((redis) => {
  test("goes on with what format 1 kept: a backlog of a hold-back, retries, dead letters, done events", async () => {
    const [prefix, clock] = [newPrefix(), createManualClock()];
    const raw = await connectRedis(redis.server.url);
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

    const store = await redis.open(prefix, clock, { keepMs: 1000 });
    expect(await store.end()).toEqual({ log: "abcd1234", position: 4 });
    await store.accept(toIncoming(messageEvent("evt_new", "a")));
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
    await expect(redis.open(prefix, clock)).rejects.toThrow("format 9");
    await raw.close();
  });

  test("knows what format 2 kept by its org, hands it on, replays and forgets it", async () => {
    const [prefix, clock] = [newPrefix(), createManualClock()];
    const raw = await connectRedis(redis.server.url);
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

    const store = await redis.open(prefix, clock, { keepMs: 1000 });
    for (const event of Object.values(kept)) {
      expect(await store.accept(toIncoming(event))).toBe(false);
      await expect(store.accept({ event, body: "{}" })).rejects.toThrow("another body");
    }
    expect(await store.list({ limit: 10 })).toMatchObject(
      Object.values(kept).map(({ id, orgId }) => ({ id, org: orgId })),
    );
    expect(await store.accept(toIncoming({ ...kept.waiting, orgId: "org_other" }))).toBe(true);
    expect(await store.replay(["evt_2", { org: "org_123", id: "evt_3" }])).toEqual(["evt_2", "evt_3"]);
    const order: string[] = [];
    for (let [taken] = await store.take(1); taken; [taken] = await store.take(1)) {
      order.push(`${taken.org} ${taken.id}`);
      expect(await store.done(taken)).toBe(true);
    }
    expect(order.sort()).toEqual(["org_123 evt_1", "org_123 evt_2", "org_123 evt_3", "org_other evt_1"]);
    clock.time += 1001;
    expect(await store.prune()).toBe(4);
    expect(await store.accept(toIncoming(kept.dead))).toBe(true);
    await store.close();
    await raw.close();
  });
});
