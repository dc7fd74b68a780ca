/** What the functions of the Redis engine share: the connection, and what this receiver knows beside it. */
import { randomUUID } from "node:crypto";
import type { Clock } from "../../../client/clock.ts";
import { connectRedis, createUnusableRedisError, type RedisConnection } from "../../../redis.ts";
import type { EventLogger } from "../../logger.ts";
import { defaultKeepMs, type StoreOptions } from "../store.ts";
import { createWatchers, type Watchers } from "../watchers.ts";
import { refuseEviction, UnfitRedisError, warnUnlessDurable } from "./durability.ts";
import { upgradeFormat } from "./upgrade.ts";

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

export type RedisContext = {
  readonly redis: RedisConnection;
  /** Begins every key. Its braces keep all of them in one slot of a cluster. */
  readonly root: string;
  readonly watchers: Watchers;
  /** Begins this receiver's leases. */
  readonly receiver: string;
  /** How often this receiver has asked for what is due: names each lease, and whether the newest goes first. */
  claims: number;
  readonly leaseMs: number;
  readonly holdBackMs: number;
  readonly keepMs: number;
  /** The time for a script; `""`: Redis's own. */
  readonly now: () => string;
};

const defaultLeaseMs = 20_000;

/** @throws Error that says so when there is no Redis at the URL, or when it may throw events away */
export async function openContext(options: RedisStoreOptions): Promise<RedisContext> {
  const { url, prefix = "onsync", leaseMs = defaultLeaseMs, holdBackMs = 0, keepMs = defaultKeepMs, clock } = options;
  const log = options.log ?? (() => {});
  const now = (): string => (clock ? String(clock.now()) : "");
  const redis = await connectRedis(url, options.log);
  const root = `{${prefix}}`;
  try {
    await refuseEviction(redis, log);
    await warnUnlessDurable(redis, log);
    await redis.send("HSETNX", `${root}:meta`, "log", randomUUID().slice(0, 8));
    await upgradeFormat(redis, root, now);
  } catch (error) {
    await redis.close();
    throw error instanceof UnfitRedisError ? error : createUnusableRedisError(url, error);
  }
  const own = { watchers: createWatchers(), receiver: randomUUID(), claims: 0 };
  return { redis, root, ...own, leaseMs, holdBackMs, keepMs, now };
}
