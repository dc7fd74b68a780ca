/** Imports that workers share by one Redis. */
import type { RedisLogger } from "../../../redis.ts";
import type { SharedImports } from "../queue.ts";
import { openBullQueue } from "./bullmq-queue.ts";
import { openRedisStore } from "./redis-store.ts";

/** @throws Error that says so when there is no Redis at the URL, or what is to be installed */
export async function openRedisImports(url: string, log: RedisLogger): Promise<SharedImports> {
  const store = await openRedisStore(url, log);
  try {
    const queue = await openBullQueue(url, ({ message, name }) =>
      log("warn", "the queue is away", { reason: message || name }),
    );
    const close = async () => {
      await queue.close();
      await store.close();
    };
    return { store, queue, ledger: null, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
