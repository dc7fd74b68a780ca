/** From one waiting event to a million: what accepting and reading one more takes in the receiver's event file. */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Event, sampleEvent } from "../../src/api/index.ts";
import { type EventStore, openSqliteStore } from "../../src/webhooks/index.ts";
import type { MeasuredRow, Question, Scale, Table } from "../harness/question.ts";
import { median, quantile } from "../harness/statistics.ts";

/** Written as the engine writes them, but in one transaction; ten to a conversation. */
async function fillFile(file: string, waiting: number): Promise<void> {
  await openSqliteStore({ file }).close();
  const sql = new DatabaseSync(file);
  const body = JSON.stringify(sampleEvent("message.created"));
  const numbers = "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :count)";
  sql.exec("PRAGMA synchronous = OFF; BEGIN");
  sql
    .prepare(
      `${numbers} INSERT INTO events (id, type, key, rank, created_at, received_at, body)
       SELECT 'evt_waiting_' || n, 'message.created', 'conversation:' || (n / 10), 0, 1, 1, :body FROM numbers`,
    )
    .run({ count: BigInt(waiting), body });
  sql
    .prepare(`${numbers} INSERT OR IGNORE INTO queues (key, due_at) SELECT 'conversation:' || (n / 10), 0 FROM numbers`)
    .run({ count: BigInt(waiting) });
  sql.exec("COMMIT");
  sql.close();
}

let made = 0;

async function acceptOne(store: EventStore): Promise<void> {
  made++;
  const event = { ...sampleEvent("message.created"), id: `evt_new_${made}` } as Event;
  await store.accept({ event, body: JSON.stringify(event) });
}

async function takeOne(store: EventStore): Promise<void> {
  const [claimed] = await store.take(1);
  if (claimed) await store.done(claimed);
}

async function readOne(store: EventStore): Promise<void> {
  await store.read({ after: 0, limit: 1 });
}

const works = {
  "accept one": acceptOne,
  "take the next and record that it was handed on": takeOne,
  "read one": readOne,
};

async function timeWork(work: (store: EventStore) => Promise<void>, store: EventStore, samples: number) {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const started = performance.now();
    await work(store);
    times.push((performance.now() - started) * 1000);
  }
  return times;
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const sizes = isSmall ? [1, 100] : [1, 1_000, 1_000_000];
  const [rounds, samples] = isSmall ? [1, 10] : [9, 100];
  const stores: EventStore[] = [];
  for (const size of sizes) {
    const file = join(folder, `${size}.db`);
    await fillFile(file, size);
    stores.push(openSqliteStore({ file }));
  }
  const tables: Table[] = [];
  for (const [caption, work] of Object.entries(works)) {
    const values = sizes.map((): [number[], number[]] => [[], []]);
    for (let round = -1; round < rounds; round++)
      for (const [index, store] of stores.entries()) {
        const times = await timeWork(work, store, samples);
        if (round < 0) continue;
        values[index]?.[0].push(median(times));
        values[index]?.[1].push(quantile(times, 0.99));
      }
    const names = sizes.map((size) => size.toLocaleString("en-US"));
    const rows: MeasuredRow[] = names.map((name, index) => ({ name, values: values[index] ?? [] }));
    const measures = [{ name: "median µs", compared: true as const }, { name: "p99 µs" }];
    tables.push({ caption, what: "waiting", base: names[0] as string, measures, rows });
  }
  for (const store of stores) await store.close();
  return tables;
}

export const growthEvents: Question = {
  name: "growth-events",
  title: "From one waiting event to a million",
  about: `The receiver's event file, ten waiting events to a conversation, in process, one after the other. An accept waits until it is on
disk, which takes most of its time; what is accepted while it is measured waits as well.`,
  measure,
};
