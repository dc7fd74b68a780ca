/**
 * The engine for several receivers behind a load balancer: everything in one Redis. Each key is leased to one receiver at
 * a time; a receiver that dies or stops loses its leases, and another goes on where it was.
 *
 * Redis must write its append-only file before it answers (`appendonly yes`, `appendfsync always`): then an acknowledged
 * event is on disk. Events and queues of one store share one slot, so a cluster does not spread them.
 */
import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../../client/clock.ts";
import type { EventLogger } from "../dispatcher.ts";
import { orderKey } from "../key.ts";
import { defaultKeepMs, type EventStore, type StoreOptions, type Taken } from "../store.ts";
import { connectRedis, noRedis, type RedisConnection } from "./connection.ts";
import { type EventReply, readingOf, storedEvent } from "./log.ts";
import { acceptScript, pruneScript, replayScript, settleScript, swapScript, takeScript } from "./scripts.ts";

export type RedisStoreOptions = StoreOptions & {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS. */
  url: string;
  /** Begins every key, so that several stores share a Redis. `onsync` by default. */
  prefix?: string;
  /** Milliseconds a receiver has for one hand-on before another takes over. Longer than the dispatcher's limit. */
  leaseMs?: number;
  /** Redis's own by default, which all receivers share. */
  clock?: Clock;
  log?: EventLogger;
};

const defaultLeaseMs = 20_000;
const pruneGroup = 1000;

const durabilityWarning =
  "Redis answers before it has written to disk: set `appendonly yes` and `appendfsync always`, or acknowledged events can be lost when it stops.";

const warnUnlessDurable = async (redis: RedisConnection, log: EventLogger): Promise<void> => {
  try {
    const settings = (await redis.send("CONFIG", "GET", "append*")) as string[];
    const value = (name: string) => settings[settings.indexOf(name) + 1];
    if (value("appendonly") !== "yes" || value("appendfsync") !== "always") log("warn", durabilityWarning);
  } catch {
    log("warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always.");
  }
};

/** @throws Error that says so when there is no Redis at the URL */
export const openRedisStore = async (options: RedisStoreOptions): Promise<EventStore> => {
  const { url, prefix = "onsync", leaseMs = defaultLeaseMs, holdBackMs = 0, keepMs = defaultKeepMs, log } = options;
  const localClock = options.clock ?? systemClock;
  const now = (): string => (options.clock ? String(options.clock.now()) : "");
  const redis = await connectRedis(url, log);
  const root = `{${prefix}}`;
  const watchers = new Set<() => void>();
  const receiver = randomUUID();
  let takes = 0;

  try {
    await warnUnlessDurable(redis, log ?? (() => {}));
    await redis.send("HSETNX", `${root}:meta`, "log", randomUUID().slice(0, 8));
  } catch (error) {
    await redis.close();
    throw noRedis(url, error);
  }

  const tellWatchers = (): void => {
    for (const listener of watchers) listener();
  };

  const settle = async (
    { key, id, lease }: Taken,
    outcome: "done" | "dead" | "retry",
    { at = 0, error = "", refused = true } = {},
  ): Promise<boolean> => {
    const refusal = refused ? 1 : 0;
    const args = [now(), holdBackMs, key, id, lease, outcome, keepMs, at, error, refusal];
    return (await redis.run(settleScript, root, ...args)) === 1;
  };

  return {
    async accept({ event, body }) {
      const created = Date.parse(event.createdAt);
      const createdAt = Number.isNaN(created) ? "" : created;
      const args = [now(), holdBackMs, event.id, event.type, orderKey(event), createdAt, body];
      const isNew = (await redis.run(acceptScript, root, ...args)) !== 0;
      if (isNew) tellWatchers();
      return isNew;
    },

    async take(limit) {
      // The lease as this process sees it begins before Redis grants it, so it never seems to last longer than it does.
      const heldUntil = localClock.now() + leaseMs;
      takes += 1;
      const lease = `${receiver}.${takes}`;
      const taken = (await redis.run(takeScript, root, now(), limit, leaseMs, lease)) as EventReply[];
      return taken.map((reply) => ({ ...storedEvent(reply), lease, heldUntil }));
    },

    done: (taken) => settle(taken, "done"),
    retry: (taken, failure) => settle(taken, "retry", failure),
    bury: (taken, error) => settle(taken, "dead", { error }),

    async nextDueAt() {
      const [, due] = (await redis.send("ZRANGE", `${root}:ready`, 0, 0, "WITHSCORES")) as string[];
      return due === undefined ? null : Number(due);
    },

    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    ...readingOf(redis, root, now),

    async replay(ids) {
      if (ids.length === 0) return [];
      const replayed = (await redis.run(replayScript, root, now(), ...ids)) as string[];
      if (replayed.length > 0) tellWatchers();
      return replayed;
    },

    async prune() {
      let all = 0;
      for (let [after, more] = ["0", 1]; more === 1; ) {
        const step = (await redis.run(pruneScript, root, after, pruneGroup)) as [string, number, number];
        all += step[1];
        [after, , more] = step;
      }
      return all;
    },

    setting: async (name) => (await redis.send("HGET", `${root}:settings`, name)) as string | null,
    async swapSetting(name, from, to) {
      const args = [name, from === null ? 0 : 1, from ?? "", to === null ? 0 : 1, to ?? ""];
      return (await redis.run(swapScript, root, ...args)) === 1;
    },

    close: () => redis.close(),
  };
};
