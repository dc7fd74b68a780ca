/** Durable accepts over HTTP, against the same server without a store and against raw SQLite. */
import { findEventFile, openEventFile } from "../../src/webhooks/store/sqlite/schema.ts";
import { skipped, startRedis } from "../../testing/redis-server.ts";
import { formatTable, median } from "../measure.ts";
import {
  createDelivery,
  formatRate,
  type MeasuredServer,
  measureLoad,
  newFile,
  seconds,
  startServer,
} from "./setup.ts";

function measureRawInserts(group: number): number {
  const sql = openEventFile(findEventFile(newFile()));
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

/** In turns, three times: what else the machine does then meets them all. @returns medians by name */
async function measureServers(servers: [name: string, server: MeasuredServer][]): Promise<Map<string, number>> {
  const rates = new Map<string, number[]>();
  for (let turn = 0; turn < 3; turn++) {
    for (const [name, server] of servers) {
      for (const senders of [1, 64]) {
        const key = `${name}, ${senders} at once`;
        rates.set(key, [...(rates.get(key) ?? []), await measureLoad(server.url, senders, 1000)]);
      }
    }
  }
  return new Map([...rates].map(([name, each]) => [name, median(each)]));
}

export async function measureAccepts(): Promise<void> {
  const redis = skipped === null ? await startRedis() : null;
  const servers: [string, MeasuredServer][] = [
    ["without a store", await startServer()],
    ["SQLite file", await startServer("--file", newFile())],
  ];
  if (redis)
    servers.push(["Redis, append-only file written before each answer", await startServer("--redis", redis.url)]);
  const rates = await measureServers(servers);
  for (const [, server] of servers) await server.stop();
  await redis?.close();
  rates.set("raw SQLite, one row a transaction", measureRawInserts(1));
  rates.set("raw SQLite, 64 rows a transaction", measureRawInserts(64));
  const formatRatio = (name: string, to: string) =>
    ((rates.get(name) ?? Number.NaN) / (rates.get(to) ?? Number.NaN)).toFixed(2);
  console.log("\n### Durable accepts over HTTP\n");
  console.log(
    formatTable(
      ["", "ratio to no store", "ratio to raw SQLite, 1 row", "a second"],
      [...rates].map(([name, value]) => [
        name,
        name.startsWith("raw")
          ? ""
          : formatRatio(name, `without a store, ${name.endsWith(" 1 at once") ? 1 : 64} at once`),
        formatRatio(name, "raw SQLite, one row a transaction"),
        formatRate(value),
      ]),
    ),
  );
}
