/** The time from a delivery to its acknowledgement and to its hand-on. */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import { formatTable, quantile } from "../measure.ts";
import { createDelivery, seconds, startEngines, startServer, startSink } from "./setup.ts";

type Sent = {
  /** When each event was sent, by its id. */
  sentAt: Map<string, number>;
  /** Milliseconds to each acknowledgement. */
  acknowledged: number[];
};

async function sendSteadily(url: string, perSecond: number): Promise<Sent> {
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

export async function measureLatency(): Promise<void> {
  const arrivals = new Map<string, number>();
  const sink = await startSink((incoming, outgoing) => {
    arrivals.set(String(incoming.headers["x-onsync-delivery"]), performance.now());
    incoming.resume().once("end", () => outgoing.end());
  });
  const { engines, close } = await startEngines();
  const rows: string[][] = [];
  for (const [name, args] of engines) {
    const server = await startServer("--forward", sink.url, ...args);
    for (const perSecond of [50, 500]) {
      const { sentAt, acknowledged } = await sendSteadily(server.url, perSecond);
      while ([...sentAt.keys()].some((id) => !arrivals.has(id))) await delay(20);
      const handedOn = [...sentAt].map(([id, at]) => (arrivals.get(id) as number) - at);
      const figures = [acknowledged, handedOn].flatMap((times) => [quantile(times, 0.5), quantile(times, 0.99)]);
      rows.push([`${name}, ${perSecond} a second`, ...figures.map((ms) => ms.toFixed(1))]);
    }
    await server.stop();
  }
  await close();
  sink.close();
  console.log("\n### From delivery to acknowledgement and to hand-on, in ms\n");
  console.log(formatTable(["", "acknowledged p50", "p99", "handed on p50", "p99"], rows));
}
