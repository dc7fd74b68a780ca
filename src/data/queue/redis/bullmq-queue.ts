/** Imports handed out by BullMQ. */
import { randomUUID } from "node:crypto";
import { importOptional } from "../../../webhooks/sinks/optional.ts";
import {
  type ImportQueue,
  leaseMs,
  maxEngineAttempts,
  NotOver,
  type OnEngineError,
  retryDelayMs,
  type Ticket,
} from "../queue.ts";

const name = "onsync-imports";

/** @throws Error that says what to install */
export async function openBullQueue(url: string, onError: OnEngineError): Promise<ImportQueue> {
  const { Queue, Worker, createNodeRedisClient } = await importOptional(
    "bullmq",
    "--queue redis://…",
    () => import("bullmq"),
  );
  const { createClient } = await import("redis");
  const connect = () => {
    const client = createClient({ url }).on("error", onError);
    return { client, connection: createNodeRedisClient(client as never) };
  };
  const { client, connection } = connect();
  const queue = new Queue<Ticket>(name, { connection });
  queue.on("error", onError);
  return {
    async add(ticket) {
      const backoff = { type: "fixed", delay: retryDelayMs };
      const ended = { removeOnComplete: true, removeOnFail: true };
      await queue.add(name, ticket, { jobId: randomUUID(), attempts: maxEngineAttempts, backoff, ...ended });
    },
    async work(places, work) {
      const { connection: own } = connect();
      const worker = new Worker<Ticket>(
        name,
        async ({ data }) => {
          if (!(await work(data))) throw new NotOver();
        },
        {
          ...{ connection: own, concurrency: places, lockDuration: leaseMs, stalledInterval: leaseMs },
          maxStalledCount: maxEngineAttempts,
        },
      );
      worker.on("error", onError);
      return async () => {
        await worker.close();
        await own.quit().catch(() => {});
      };
    },
    async close() {
      // In order, it would wait for a Redis that is away to come back.
      if (!client.isReady) connection.disconnect();
      await queue.close();
      await connection.quit().catch(() => {});
    },
  };
}
