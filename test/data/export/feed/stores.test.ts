/** The feed on the stores that a receiver has: a SQLite file, and Redis. */
import { describe, expect, test } from "@jest/globals";
import { type Clock, systemClock } from "../../../../src/client/clock.ts";
import { Committer } from "../../../../src/data/export/committer.ts";
import { EventFeed } from "../../../../src/data/export/feed/feed.ts";
import type { EventStore } from "../../../../src/webhooks/index.ts";
import { openSqliteStore } from "../../../../src/webhooks/index.ts";
import { createManualClock, messageEvent, toIncoming } from "../../../../testing/events.ts";
import { createMemoryTarget, type MemoryTarget } from "../../../../testing/exports/memory-target.ts";
import { describeOnRedis, newPrefix } from "../../../webhooks/store/redis/on-redis.ts";

/** Each is a message of its own. */
async function receive(store: EventStore, ...ids: string[]): Promise<void> {
  for (const id of ids) {
    const event = messageEvent(`evt_${id}`, "whatsapp:+1");
    await store.accept(toIncoming({ ...event, data: { ...event.data, id: `msg_${id}` } } as typeof event));
  }
}

/** All that is there is handed on, and forgotten. */
async function forgetAll(store: EventStore): Promise<void> {
  for (let taken = await store.take(100); taken.length > 0; taken = await store.take(100))
    for (const each of taken) await store.done(each);
  await store.prune();
}

function openFeed(source: EventStore, target: MemoryTarget, clock: Clock = createManualClock()): EventFeed {
  const { orgId } = messageEvent("evt");
  return new EventFeed({ source, committer: new Committer(target, clock), table: "messages", orgId, clock });
}

function describeFeed(openStore: () => Promise<EventStore>): void {
  test("two that follow one log each have all of it, and notice on their own what they missed", async () => {
    const store = await openStore();
    const [one, other] = [createMemoryTarget(), createMemoryTarget()];
    await receive(store, "1", "2");
    await openFeed(store, one).catchUp();
    await openFeed(store, other).catchUp();
    await receive(store, "3");
    expect((await openFeed(store, one).catchUp()).gap).toBeNull();
    await forgetAll(store);
    await receive(store, "4");
    expect((await openFeed(store, one).catchUp()).gap).toBeNull();
    expect((await openFeed(store, other).catchUp()).gap).not.toBeNull();
    const idsOf = (target: MemoryTarget) => target.rows("messages").map(({ id }) => id);
    expect(idsOf(one)).toEqual(["msg_1", "msg_2", "msg_3", "msg_4"]);
    expect(idsOf(other)).toEqual(["msg_1", "msg_2", "msg_4"]);
    await store.close();
  });

  test("what comes while it follows is there at once", async () => {
    const store = await openStore();
    const target = createMemoryTarget();
    const stop = new AbortController();
    const followed = openFeed(store, target, systemClock).follow({
      signal: stop.signal,
      onReading: () => stop.abort(),
    });
    await receive(store, "1");
    await followed;
    expect(target.rows("messages")).toMatchObject([{ id: "msg_1" }]);
    await store.close();
  });
}

// What was handed on is forgotten at once.
const keepMs = -1;

describe("on a SQLite file", () => describeFeed(async () => openSqliteStore({ file: ":memory:", keepMs })));

describeOnRedis((redis) => describeFeed(() => redis.open(newPrefix(), createManualClock(), { keepMs })));
