/** Hands events on to a Redis stream, for consumer groups of your own. */

import { connectRedis } from "../../redis.ts";
import type { EventLogger } from "../logger.ts";
import { type Sink, SinkUnavailableError, withAbort } from "./sink.ts";

export type RedisSinkOptions = { url: string; stream: string; log?: EventLogger };

/** What Redis says when it refuses this entry, rather than being in trouble. */
function isRefusal(message: string): boolean {
  return message.startsWith("WRONGTYPE");
}

/**
 * Each entry has `id` (the event's: a repeat carries the same), `type`, `key` (the conversation or contact), `sequence`,
 * which grows within a key, and `body`.
 *
 * @throws Error that says so when there is no Redis at the URL
 */
export async function redisSink({ url, stream, log }: RedisSinkOptions): Promise<Sink> {
  const redis = await connectRedis(url, log);
  return {
    name: `redis:${stream}`,
    async handOn({ id, type, key, sequence, body }, signal) {
      try {
        const entry = ["id", id, "type", type, "key", key, "sequence", sequence, "body", body];
        await withAbort(signal, redis.send("XADD", stream, "*", ...entry));
      } catch (error) {
        if (error instanceof SinkUnavailableError) throw error;
        const { message } = error as Error;
        const text = `Redis did not take it: ${message}`;
        throw isRefusal(message) ? new Error(text, { cause: error }) : new SinkUnavailableError(text, { cause: error });
      }
    },
    close: () => redis.close(),
  };
}
