/** The imports that workers share by one address: `redis://…` by BullMQ, `postgres://…` by pg-boss. */
import type { RedisLogger } from "../../redis.ts";
import type { SharedImports } from "./queue.ts";

/** @throws Error that says what is wrong with the address or is to be installed, and never holds a password */
export async function openSharedImports(url: string, log: RedisLogger = () => {}): Promise<SharedImports> {
  const scheme = /^(redis|rediss|postgres|postgresql):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || !URL.canParse(url))
    throw new Error("write redis://HOST:PORT, rediss://HOST:PORT or postgres://USER@HOST:PORT/DATABASE");
  if (!scheme.startsWith("redis")) {
    const { openPostgresImports } = await import("./postgres/postgres-imports.ts");
    return openPostgresImports(url, log);
  }
  const { openRedisImports } = await import("./redis/redis-imports.ts");
  return openRedisImports(url, log);
}
