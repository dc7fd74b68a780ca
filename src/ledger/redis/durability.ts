/** Whether a Redis keeps what it is told: it must neither evict it nor answer before it is on disk. */
import type { RedisConnection, Reply } from "../../redis.ts";
import type { RedisLedgerOptions } from "./options.ts";

const durabilityWarning =
  "Redis answers before it has written to disk: set `appendonly yes` and `appendfsync always`, or what was sent can be forgotten when it stops.";

/** `null` where Redis does not tell. */
async function askServer(redis: RedisConnection, ...command: string[]): Promise<Reply> {
  try {
    return await redis.send(...command);
  } catch (error) {
    // Redis answered: its refusals are errors of its own class. Whoever is away shows at the next command.
    if (error instanceof Error && /^(NOPERM|ERR)\b/.test(error.message)) return null;
    throw error;
  }
}

async function readSetting(redis: RedisConnection, name: string): Promise<string | null> {
  const [, value] = ((await askServer(redis, "CONFIG", "GET", name)) ?? []) as string[];
  return value ?? null;
}

/** Many a hosted Redis forbids CONFIG, and has it among its figures. */
async function readEvictionPolicy(redis: RedisConnection): Promise<string | null> {
  const figures = String(await askServer(redis, "INFO", "memory"));
  return (await readSetting(redis, "maxmemory-policy")) ?? /^maxmemory_policy:(\S+)/m.exec(figures)?.[1] ?? null;
}

/** @throws Error where this Redis may forget what it was told */
export async function checkDurability(redis: RedisConnection, { url, log }: RedisLedgerOptions): Promise<void> {
  const policy = await readEvictionPolicy(redis);
  if (policy !== null && policy !== "noeviction")
    throw new Error(
      `The Redis at ${new URL(url).host} forgets sends when its memory is full (its maxmemory-policy is ${policy}), and a message could go out twice: set \`maxmemory-policy noeviction\` in its configuration.`,
    );
  const append = [await readSetting(redis, "appendonly"), await readSetting(redis, "appendfsync")];
  if (append[0] === null)
    log?.("warn", "Redis does not tell how it writes to disk. It must: appendonly yes, appendfsync always.");
  else if (append.join() !== "yes,always") log?.("warn", durabilityWarning);
}
