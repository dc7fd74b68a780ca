/** The time from a delivery to its acknowledgement and to its hand-on. */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import type { MeasuredRow, Question, Scale, Table } from "../harness/question.ts";
import { quantile } from "../harness/statistics.ts";
import { createDelivery, startEngines, startServer, startSink } from "./setup.ts";

type Sent = {
  /** When each event was sent, by its id. */
  sentAt: Map<string, number>;
  /** Milliseconds to each acknowledgement. */
  acknowledged: number[];
};

async function sendSteadily(url: string, perSecond: number, seconds: number): Promise<Sent> {
  const pool = new Pool(new URL(url).origin, { connections: 64 });
  const sentAt = new Map<string, number>();
  const acknowledged: number[] = [];
  const requests: Promise<void>[] = [];
  const started = performance.now();
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = started + (n * 1000) / perSecond;
    if (due > performance.now()) await delay(due - performance.now());
    const next = createDelivery(200);
    const at = performance.now();
    sentAt.set((JSON.parse(next.body) as { id: string }).id, at);
    requests.push(
      pool.request({ path: "/", method: "POST", ...next }).then(async ({ body }) => {
        acknowledged.push(performance.now() - at);
        await body.text();
      }),
    );
  }
  await Promise.all(requests);
  await pool.close();
  return { sentAt, acknowledged };
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const arrivals = new Map<string, number>();
  const sink = await startSink((incoming, outgoing) => {
    arrivals.set(String(incoming.headers["x-onsync-delivery"]), performance.now());
    incoming.resume().once("end", () => outgoing.end());
  });
  const { engines, close } = await startEngines(folder);
  const rows: MeasuredRow[] = [];
  for (const [name, args] of engines) {
    const server = await startServer("--forward", sink.url, ...args);
    for (const perSecond of [50, 500]) {
      const { sentAt, acknowledged } = await sendSteadily(server.url, perSecond, isSmall ? 0.1 : 4);
      while ([...sentAt.keys()].some((id) => !arrivals.has(id))) await delay(20);
      const handedOn = [...sentAt].map(([id, at]) => (arrivals.get(id) as number) - at);
      const figures = [acknowledged, handedOn].flatMap((times) => [quantile(times, 0.5), quantile(times, 0.99)]);
      rows.push({ name: `${name}, ${perSecond} a second`, values: figures.map((ms) => [ms]) });
    }
    await server.stop();
  }
  await close();
  sink.close();
  const names = ["acknowledged, median ms", "p99 ms", "handed on, median ms", "p99 ms"];
  return [{ what: "200 conversations", measures: names.map((name) => ({ name, digits: 1 })), rows }];
}

export const handOn: Question = {
  name: "hand-on",
  title: "From delivery to acknowledgement, and to the sink",
  about:
    "Deliveries come steadily, each signed; the receiver keeps them and hands them on over HTTP, on the same two cores.",
  measure,
};
