/** Whether a Redis keeps what it acknowledges: it must write before it answers, and throw nothing away. */
import type { RedisConnection } from "../../../redis.ts";
import type { EventLogger } from "../../logger.ts";

const durabilityWarning =
  "Redis answers before it has written to disk: set `appendonly yes` and `appendfsync always`, or acknowledged events can be lost when it stops.";

/** A Redis that is there and must not be used. */
export class UnfitRedisError extends Error {
  override readonly name = "UnfitRedisError";
}

export async function warnUnlessDurable(redis: RedisConnection, log: EventLogger): Promise<void> {
  try {
    const settings = (await redis.send("CONFIG", "GET", "append*")) as string[];
    const value = (name: string) => settings[settings.indexOf(name) + 1];
    if (value("appendonly") !== "yes" || value("appendfsync") !== "always") log("warn", durabilityWarning);
  } catch {
    log("warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always.");
  }
}

/** @throws UnfitRedisError when Redis may throw events away to free memory */
export async function refuseEviction(redis: RedisConnection, log: EventLogger): Promise<void> {
  const policy = await readEvictionPolicy(redis);
  if (policy === undefined) log("warn", "Redis does not tell its maxmemory-policy. It must be noeviction.");
  else if (policy !== "noeviction") {
    throw new UnfitRedisError(
      `This Redis may throw acknowledged events away when its memory is full: its maxmemory-policy is ${policy}. Set \`maxmemory-policy noeviction\`, or use a Redis of its own for events.`,
    );
  }
}

/** Redis says how it frees memory among its settings, or, where those are kept from us, among its figures. */
async function readEvictionPolicy(redis: RedisConnection): Promise<string | undefined> {
  try {
    return ((await redis.send("CONFIG", "GET", "maxmemory-policy")) as string[])[1];
  } catch {
    const figures = await redis.send("INFO", "memory").catch(() => "");
    return /^maxmemory_policy:(\S+)/m.exec(String(figures))?.[1];
  }
}
