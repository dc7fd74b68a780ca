/** A healthy conversation beside a thousand for which the sink never answers: what it waits, and what that costs. */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import { formatTable, quantile } from "../measure.ts";
import { createEvent, type ForwardSink, seconds, signDelivery, startEngines, startServer, startSink } from "./setup.ts";

const hangingConversations = 1000;

/** Answers healthy conversations alone. @param arrivals when each event came, by its id */
function startPartlyHangingSink(arrivals: Map<string, number>): Promise<ForwardSink> {
  return startSink((incoming, outgoing) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    incoming.once("end", () => {
      const { id, data } = JSON.parse(body) as { id: string; data: { conversationId: string } };
      if (data.conversationId.startsWith("hanging")) return;
      arrivals.set(id, performance.now());
      outgoing.end();
    });
  });
}

function countSockets({ server }: ForwardSink): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

/** @returns the event's id */
async function send(pool: Pool, conversationId: string): Promise<string> {
  const event = createEvent(conversationId);
  const { body } = await pool.request({ path: "/", method: "POST", ...signDelivery(event) });
  await body.text();
  return event.id;
}

async function measureEngine(name: string, args: string[], sink: ForwardSink, arrivals: ReadonlyMap<string, number>) {
  const server = await startServer("--forward", sink.url, ...args);
  const pool = new Pool(new URL(server.url).origin, { connections: 16 });
  const calmMiB = server.rssMiB();
  for (let n = 0; n < hangingConversations; n++) await send(pool, `hanging${n}`);
  const sent = new Map<string, number>();
  let [maxSockets, maxMiB] = [0, 0];
  const until = performance.now() + 6 * seconds * 1000;
  while (performance.now() < until) {
    const at = performance.now();
    sent.set(await send(pool, "healthy"), at);
    await delay(100);
    maxSockets = Math.max(maxSockets, await countSockets(sink));
    maxMiB = Math.max(maxMiB, server.rssMiB());
  }
  // What has not come yet has waited until now at least.
  const waits = [...sent].map(([id, at]) => (arrivals.get(id) ?? performance.now()) - at);
  await pool.close();
  await server.stop();
  return [
    name,
    quantile(waits, 0.5).toFixed(0),
    quantile(waits, 0.99).toFixed(0),
    `${calmMiB.toFixed(0)} / ${maxMiB.toFixed(0)}`,
    String(maxSockets),
  ];
}

export async function measureBesideHanging(): Promise<void> {
  const arrivals = new Map<string, number>();
  const sink = await startPartlyHangingSink(arrivals);
  const { engines, close } = await startEngines();
  const rows: string[][] = [];
  for (const [name, args] of engines) rows.push(await measureEngine(name, args, sink, arrivals));
  await close();
  sink.close();
  console.log(`\n### A healthy conversation beside ${hangingConversations} that hang, in ms\n`);
  console.log(formatTable(["", "handed on p50", "p99", "RSS MiB before / most", "most sockets to the sink"], rows));
}
