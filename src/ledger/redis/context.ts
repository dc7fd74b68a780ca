/** A ledger's place in a Redis: what every operation on it works with. */
import { connectRedis, createUnusableRedisError, type RedisConnection, type Reply } from "../../redis.ts";
import { checkDurability } from "./durability.ts";
import { checkUrl, type RedisLedgerOptions } from "./options.ts";
import { noteScript } from "./scripts.ts";

export type RedisContext = {
  redis: RedisConnection;
  /** What every key begins with. */
  root: string;
  /** The time for a script; empty: Redis's own. */
  now(): string;
};

/** Runs a script on the ledger's keys, at the ledger's time. */
export function runScript(
  { redis, root, now }: RedisContext,
  script: typeof noteScript,
  ...args: (string | number)[]
): Promise<Reply> {
  return redis.run(script, root, now(), ...args);
}

/** @throws Error that says what is wrong with the Redis, or with its address */
export async function openContext(options: RedisLedgerOptions): Promise<RedisContext> {
  const { url, prefix = "onsync", clock, log } = options;
  checkUrl(url);
  const redis = await connectRedis(url, log);
  const now = (): string => (clock ? String(Math.round(clock.now())) : "");
  const context = { redis, root: `{${prefix}:ledger}`, now };
  try {
    await checkDurability(redis, options);
    await runScript(context, noteScript, "").catch((error) => {
      throw createUnusableRedisError(url, error);
    });
    return context;
  } catch (error) {
    await redis.close();
    throw error;
  }
}
