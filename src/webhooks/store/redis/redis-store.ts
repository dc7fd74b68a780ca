/**
 * The engine for several receivers behind a load balancer: everything in one Redis. Each key is leased to one receiver at
 * a time; a receiver that dies or stops loses its leases, and another goes on where it was.
 *
 * Redis must write its append-only file before it answers (`appendonly yes`, `appendfsync always`): then an acknowledged
 * event is on disk. Events and queues of one store share one slot, so a cluster does not spread them.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../../client/clock.ts";
import type { EventLogger } from "../../dispatcher/dispatcher.ts";
import { orderKey, readOrg } from "../../order-key.ts";
import { type ClaimedEvent, defaultKeepMs, EventConflictError, type EventStore, type StoreOptions } from "../store.ts";
import { readStoredEvent } from "../stored-body.ts";
import { connectRedis, createUnusableRedisError, type RedisConnection } from "./connection.ts";
import { type EventReply, readingOf, toStoredEvent } from "./read.ts";
import {
  acceptScript,
  fromFormat1Script,
  fromFormat2Script,
  nextDueScript,
  pruneScript,
  readScript,
  replayScript,
  settleScript,
  swapScript,
  takeScript,
} from "./scripts.ts";

export type RedisStoreOptions = StoreOptions & {
  /** `redis://[user:password@]host:port[/database]`, or `rediss://` for TLS. */
  url: string;
  /** Begins every key, so that several stores share a Redis. `onsync` by default. */
  prefix?: string;
  /** Milliseconds a receiver has for one hand-on before another takes over. Longer than the dispatcher's limit. */
  leaseMs?: number;
  /** Stands in for Redis's own, which all receivers share whatever their clocks say: for tests. */
  clock?: Pick<Clock, "now">;
  log?: EventLogger;
};

const defaultLeaseMs = 20_000;
const pruneGroup = 1000;
/** Events whose bodies are read at once. */
const orgGroup = 200;

const durabilityWarning =
  "Redis answers before it has written to disk: set `appendonly yes` and `appendfsync always`, or acknowledged events can be lost when it stops.";

async function warnUnlessDurable(redis: RedisConnection, log: EventLogger): Promise<void> {
  try {
    const settings = (await redis.send("CONFIG", "GET", "append*")) as string[];
    const value = (name: string) => settings[settings.indexOf(name) + 1];
    if (value("appendonly") !== "yes" || value("appendfsync") !== "always") log("warn", durabilityWarning);
  } catch {
    log("warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always.");
  }
}

/** Redis says how it frees memory among its settings, or, where those are kept from us, among its figures. */
async function evictionPolicy(redis: RedisConnection): Promise<string | undefined> {
  try {
    return ((await redis.send("CONFIG", "GET", "maxmemory-policy")) as string[])[1];
  } catch {
    const figures = await redis.send("INFO", "memory").catch(() => "");
    return /^maxmemory_policy:(\S+)/m.exec(String(figures))?.[1];
  }
}

/** @throws Error when Redis may throw events away to free memory */
async function refuseEviction(redis: RedisConnection, log: EventLogger): Promise<void> {
  const policy = await evictionPolicy(redis);
  if (policy === undefined) log("warn", "Redis does not tell its maxmemory-policy. It must be noeviction.");
  else if (policy !== "noeviction") {
    throw new UnfitRedisError(
      `This Redis may throw acknowledged events away when its memory is full: its maxmemory-policy is ${policy}. Set \`maxmemory-policy noeviction\`, or use a Redis of its own for events.`,
    );
  }
}

/** A Redis that is there and must not be used. */
class UnfitRedisError extends Error {
  override readonly name = "UnfitRedisError";
}

const format = 3;

/** Brings what an older version kept into this one's format. Harmless when two receivers do it at once. */
async function bringUp(redis: RedisConnection, root: string, now: () => string): Promise<void> {
  const found = Number((await redis.send("HGET", `${root}:meta`, "format")) ?? 1);
  if (found > format) {
    throw new UnfitRedisError(
      `The events in this Redis are of format ${found}, and this version reads up to ${format}: use a newer version.`,
    );
  }
  if (found === format) return;
  for (let [after, more] = ["0", found < 2 ? 1 : 0]; more === 1; ) {
    [after, more] = (await redis.run(fromFormat1Script, root, now(), after, pruneGroup)) as [string, number];
  }
  await nameOrgs(redis, root);
  await redis.send("HSET", `${root}:meta`, "format", format);
}

/** Notes whose the events are that an older version kept by their ids alone. */
async function nameOrgs(redis: RedisConnection, root: string): Promise<void> {
  for (let after = "0"; ; ) {
    const entries = (await redis.run(readScript, root, after, orgGroup)) as [string, ...EventReply][];
    const kept = entries.map(([, ...reply]) => reply).filter((reply) => reply[1] !== null);
    const orgs = kept.flatMap((reply) => [reply[0], readOrg(readStoredEvent(toStoredEvent(reply).body) ?? {})]);
    if (orgs.length > 0) await redis.run(fromFormat2Script, root, ...orgs);
    if (entries.length < orgGroup) return;
    after = (entries.at(-1) as [string, ...EventReply])[0];
  }
}

/** @throws Error that says so when there is no Redis at the URL, or when it may throw events away */
export async function openRedisStore(options: RedisStoreOptions): Promise<EventStore> {
  const { url, prefix = "onsync", leaseMs = defaultLeaseMs, holdBackMs = 0, keepMs = defaultKeepMs, log } = options;
  const now = (): string => (options.clock ? String(options.clock.now()) : "");
  const redis = await connectRedis(url, log);
  const root = `{${prefix}}`;
  const watchers = new Set<() => void>();
  const receiver = randomUUID();
  let takes = 0;

  try {
    await refuseEviction(redis, log ?? (() => {}));
    await warnUnlessDurable(redis, log ?? (() => {}));
    await redis.send("HSETNX", `${root}:meta`, "log", randomUUID().slice(0, 8));
    await bringUp(redis, root, now);
  } catch (error) {
    await redis.close();
    throw error instanceof UnfitRedisError ? error : createUnusableRedisError(url, error);
  }

  const tellWatchers = (): void => {
    for (const listener of watchers) listener();
  };

  const settle = async (
    { key, org, id, lease }: ClaimedEvent,
    outcome: "done" | "dead" | "retry",
    { afterMs = 0, error = "", refused = true, hung = false } = {},
  ): Promise<boolean> => {
    const refusal = refused ? 1 : 0;
    const whose = [now(), holdBackMs, key, org, id, lease];
    const args = [outcome, keepMs, Math.ceil(afterMs), error, refusal, hung ? 1 : 0];
    return (await redis.run(settleScript, root, ...whose, ...args)) === 1;
  };

  return {
    async accept({ event, body }) {
      const created = Date.parse(event.createdAt);
      const createdAt = Number.isNaN(created) ? "" : created;
      const args = [now(), holdBackMs, readOrg(event), event.id, event.type, orderKey(event), createdAt, body];
      const position = (await redis.run(acceptScript, root, ...args)) as number;
      if (position < 0) throw new EventConflictError();
      if (position > 0) tellWatchers();
      return position > 0;
    },

    async take(limit, mostHanging = limit) {
      takes += 1;
      const lease = `${receiver}.${takes}`;
      const args = [now(), limit, Math.max(0, mostHanging), leaseMs, lease, (takes + 1) % 2];
      const taken = (await redis.run(takeScript, root, ...args)) as EventReply[];
      return taken.map((reply) => {
        const event = toStoredEvent(reply);
        return { ...event, sequence: event.sequence as number, hanging: reply.at(-1) === "1", lease, leaseMs };
      });
    },

    done: (taken) => settle(taken, "done"),
    retry: (taken, failure) => settle(taken, "retry", failure),
    bury: (taken, error) => settle(taken, "dead", { error }),

    async nextDueInMs(hanging = true) {
      const ms = (await redis.run(nextDueScript, root, now(), hanging ? 1 : 0)) as number;
      return ms < 0 ? null : ms;
    },

    watch(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },

    ...readingOf(redis, root, now),

    async replay(events) {
      if (events.length === 0) return [];
      const orgs = [...new Set(["", ...((await redis.send("SMEMBERS", `${root}:orgs`)) as string[])])];
      const names = events.flatMap((each) =>
        typeof each === "string" ? orgs.map((org) => ({ org, id: each })) : [each],
      );
      const args = names.flatMap(({ org, id }) => [org, id]);
      const replayed = (await redis.run(replayScript, root, now(), ...args)) as string[];
      if (replayed.length > 0) tellWatchers();
      return replayed;
    },

    async prune() {
      for (let all = 0; ; ) {
        const forgotten = (await redis.run(pruneScript, root, now(), keepMs, pruneGroup)) as number;
        all += forgotten;
        if (forgotten < pruneGroup) return all;
      }
    },

    setting: async (name) => (await redis.send("HGET", `${root}:settings`, name)) as string | null,
    async swapSetting(name, from, to) {
      const args = [name, from === null ? 0 : 1, from ?? "", to === null ? 0 : 1, to ?? ""];
      return (await redis.run(swapScript, root, ...args)) === 1;
    },

    close: () => redis.close(),
  };
}
