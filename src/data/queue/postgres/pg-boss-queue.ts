/** Imports handed out by pg-boss. */
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
const pollingIntervalSeconds = 1;
/** As long as pg-boss lets a job be: a turn of work is shorter. */
const expireInSeconds = 24 * 60 * 60 - 1;

/** @throws Error that says what to install, or why there is no Postgres to work with */
export async function openBossQueue(url: string, onError: OnEngineError): Promise<ImportQueue> {
  const { PgBoss } = await importOptional("pg-boss", "--queue postgres://…", () => import("pg-boss"));
  const heartbeatSeconds = leaseMs / 1000;
  const seconds = heartbeatSeconds / 2;
  const boss = new PgBoss({
    ...{ connectionString: url, schema: "onsync_queue", application_name: "onsync", schedule: false },
    ...{ superviseIntervalSeconds: seconds, monitorIntervalSeconds: seconds },
  });
  boss.on("error", onError);
  await boss.start();
  const retries = { retryLimit: maxEngineAttempts, retryDelay: retryDelayMs / 1000 };
  const options = { ...retries, heartbeatSeconds, expireInSeconds, deleteAfterSeconds: 3600 };
  await boss.createQueue(name, options);
  return {
    async add(ticket) {
      await boss.send(name, ticket, options);
    },
    async work(places, work) {
      const settings = { localConcurrency: places, batchSize: 1, pollingIntervalSeconds };
      await boss.work<Ticket>(name, settings, async (jobs) => {
        for (const { data } of jobs) if (!(await work(data))) throw new NotOver();
      });
      return () => boss.offWork(name, { wait: true });
    },
    close: () => boss.stop({ graceful: true, close: true }),
  };
}
