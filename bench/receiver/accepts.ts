/** Durable accepts over HTTP, beside the same server without a store and beside raw SQLite. */
import { findEventFile, openEventFile } from "../../src/webhooks/store/sqlite/schema.ts";
import { skipped, startRedis } from "../../testing/redis-server.ts";
import { measureInTurns, type Question, type Scale, type Table } from "../harness/question.ts";
import { createDelivery, type MeasuredServer, measureLoad, newFile, startServer } from "./setup.ts";

const base = "the same server without a store";

/** Rows a second, so many a transaction. */
function measureRawInserts(file: string, group: number, seconds: number): number {
  const sql = openEventFile(findEventFile(file));
  const insert = sql.prepare(
    "INSERT INTO events (id, type, key, rank, created_at, received_at, body) VALUES (?, 'message.created', 'a', 0, 1, 1, ?)",
  );
  const until = performance.now() + seconds * 1000;
  let rows = 0;
  while (performance.now() < until) {
    sql.exec("BEGIN IMMEDIATE");
    for (let n = 0; n < group; n++, rows++) insert.run(`evt_${rows}`, createDelivery(1).body);
    sql.exec("COMMIT");
  }
  sql.close();
  return rows / seconds;
}

type Contender = { name: string; measure: (senders: number) => Promise<number> | number; aim?: { atLeast: number } };

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const seconds = isSmall ? 0.1 : 1.5;
  const redis = skipped === null ? await startRedis() : null;
  const servers: MeasuredServer[] = [];
  const serve = async (name: string, args: string[], aim?: { atLeast: number }): Promise<Contender> => {
    const server = await startServer(...args);
    servers.push(server);
    return {
      name,
      measure: (senders) => measureLoad(server.url, { senders, conversations: 1000, seconds }),
      ...(aim && { aim }),
    };
  };
  try {
    const kept = [
      await serve(base, []),
      await serve("SQLite file", ["--file", newFile(folder)], { atLeast: 0.6 }),
      ...(redis ? [await serve("Redis, `appendfsync always`", ["--redis", redis.url], { atLeast: 0.5 })] : []),
    ];
    const raw = (group: number): Contender => ({
      name: `raw SQLite inserts of the same rows, ${group} a transaction`,
      measure: () => measureRawInserts(newFile(folder), group, seconds / 2),
    });
    const tables: Table[] = [];
    for (const senders of [64, 1]) {
      const contenders = senders === 64 ? [...kept, raw(1), raw(64)] : kept;
      const values = await measureInTurns(
        contenders.map((contender) => () => contender.measure(senders)),
        { rounds: isSmall ? 1 : 5, warmUps: 0 },
      );
      tables.push({
        ...{ caption: `${senders} at once`, what: "durable accepts over HTTP", base },
        ...(senders === 64 && { chart: true }),
        measures: [{ name: "a second", compared: true }],
        rows: contenders.map(({ name, aim }, index) => ({
          ...{ name, values: [values[index] ?? []] },
          ...(senders === 64 && aim && { aim }),
        })),
      });
    }
    return tables;
  } finally {
    for (const server of servers) await server.stop();
    await redis?.close();
  }
}

export const receiver: Question = {
  name: "receiver",
  title: "What keeping events costs",
  about: `What is acknowledged is on disk. Each server is a process of its own, the sender beside it on the same machine, bodies of about 400
bytes, of 1,000 conversations. One at a time, each delivery waits for its own sync of the disk; many at once share one. How fast
the disk syncs varies most from run to run.

With a file, the disk syncs one group of deliveries while the receiver verifies the next, so that the wait costs little while a
processor is free; the CPU it takes, with that of the statements, is about a third more than a delivery takes without a store.
Redis keeps the events that arrive in one turn of the receiver's event loop by one script, of five commands for each event: in 20
alternating rounds on a busy machine it took 46 µs of the same two cores for an event, where nine commands had taken 54, and the
receiver 1.17 times the CPU of the one without a store. What is left of the difference in rate is these, and the wait for the disk.`,
  measure,
};
