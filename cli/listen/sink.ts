/** Where `onsync listen` hands events on to, as its options say. */
import type { EventLogger } from "../../src/webhooks/logger.ts";
import { findNamedSink, sinkNameForms } from "../../src/webhooks/sinks/named-sinks.ts";
import type { Sink } from "../../src/webhooks/sinks/sink.ts";
import { UsageError } from "../output/errors.ts";
import type { Environment, Io } from "../output/io.ts";
import { completeRedisUrl, type StoreChoice } from "../settings/event-store.ts";
import { stdoutSink } from "./stdout-sink.ts";

export type SinkChoice = { forward?: string; sink?: string };

const sinkUsage = `--sink: give ${sinkNameForms}, such as sqs:https://sqs.eu-west-1.amazonaws.com/123/onsync.fifo.`;

async function openNamedSink(
  env: Environment,
  name: string,
  redis: string | undefined,
  log: EventLogger,
): Promise<Sink> {
  const open = findNamedSink(name);
  if (!open) throw new UsageError(sinkUsage);
  const findRedisUrl = () => {
    if (redis !== undefined) return completeRedisUrl(env, redis);
    throw new UsageError(
      "--sink redis:STREAM: set ONSYNC_REDIS_URL to the Redis of the stream, or keep the events there (--redis).",
    );
  };
  return open({ proxy: { proxy: "environment", environment: env }, findRedisUrl, log });
}

/**
 * @param signingSecret what --forward signs with, asked each time: a rotation counts at once
 * @param outputGone told when whoever read stdout, where that is the sink, has closed it
 * @throws UsageError that says why the sink cannot be opened
 */
export async function openSink(
  io: Io,
  { forward, sink, redis }: SinkChoice & StoreChoice,
  signingSecret: () => string,
  log: EventLogger,
  outputGone?: () => void,
): Promise<Sink> {
  if (forward !== undefined) {
    const { httpSink } = await import("../../src/webhooks/sinks/http.ts");
    try {
      return httpSink({ url: forward, secret: signingSecret, proxy: "environment", environment: io.env });
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  }
  if (sink === undefined) return stdoutSink(io.stdout, outputGone);
  try {
    return await openNamedSink(io.env, sink, io.env.ONSYNC_REDIS_URL?.trim() || redis, log);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--sink: ${error instanceof Error ? error.message : error}`);
  }
}
