/** A healthy conversation beside a thousand for which the sink never answers: what it waits, and what that costs. */
import { setTimeout as delay } from "node:timers/promises";
import { Pool } from "undici";
import type { MeasuredRow, Question, Scale, Table } from "../harness/question.ts";
import { quantile } from "../harness/statistics.ts";
import { createEvent, type ForwardSink, signDelivery, startEngines, startServer, startSink } from "./setup.ts";

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

type Given = { sink: ForwardSink; arrivals: ReadonlyMap<string, number>; seconds: number; hanging: number };

async function measureEngine(name: string, args: string[], given: Given): Promise<MeasuredRow> {
  const { sink, arrivals, seconds, hanging } = given;
  const server = await startServer("--forward", sink.url, ...args);
  const pool = new Pool(new URL(server.url).origin, { connections: 16 });
  const calmMiB = server.rssMiB();
  for (let n = 0; n < hanging; n++) await send(pool, `hanging${n}`);
  const sent = new Map<string, number>();
  let [maxSockets, maxMiB] = [0, 0];
  const until = performance.now() + seconds * 1000;
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
  const figures = [quantile(waits, 0.5), quantile(waits, 0.99), calmMiB, maxMiB, maxSockets];
  return { name, values: figures.map((figure) => [figure]) };
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const arrivals = new Map<string, number>();
  const sink = await startPartlyHangingSink(arrivals);
  const { engines, close } = await startEngines(folder);
  const rows: MeasuredRow[] = [];
  const given = { sink, arrivals, seconds: isSmall ? 0.3 : 15, hanging: isSmall ? 10 : 1_000 };
  for (const [name, args] of engines) rows.push(await measureEngine(name, args, given));
  await close();
  sink.close();
  const names = ["handed on, median ms", "p99 ms", "RSS MiB before", "RSS MiB at most", "sockets to the sink at most"];
  return [{ what: "store", measures: names.map((name) => ({ name })), rows }];
}

export const hanging: Question = {
  name: "hanging",
  title: "A healthy conversation beside a thousand that hang",
  about: `The sink never answers for those; for the healthy one an event comes ten times a second, while the thousand are tried for the
first time and after.`,
  measure,
};
