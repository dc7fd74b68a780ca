/** From one client at once to a thousand: the reference API and the receiver over HTTP. */
import { join } from "node:path";
import { Pool } from "undici";
import { endChild, readCpuMs, startChild } from "../harness/child.ts";
import type { MeasuredRow, Question, Scale, Table } from "../harness/question.ts";
import { quantile } from "../harness/statistics.ts";
import { createDelivery, newFile, startServer } from "../receiver/setup.ts";

type Target = { pid: number; send(pool: Pool): Promise<void> };

/** So many requests by so many clients, each of which waits for its answer. */
async function measureLoad({ pid, send }: Target, pool: Pool, clients: number, requests: number): Promise<number[]> {
  const times: number[] = [];
  let left = requests;
  const cpuMs = readCpuMs(pid);
  const started = performance.now();
  const client = async () => {
    while (left-- > 0) {
      const asked = performance.now();
      await send(pool);
      times.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  return [
    ((readCpuMs(pid) - cpuMs) * 1000) / requests,
    requests / seconds,
    quantile(times, 0.5),
    quantile(times, 0.99),
  ];
}

const measures = [
  { name: "server's CPU µs a request", compared: true as const },
  { name: "requests/s" },
  { name: "median ms", digits: 1 },
  { name: "p99 ms", digits: 1 },
];

async function measureClients(caption: string, url: string, target: Target, isSmall: boolean): Promise<Table> {
  const sizes = isSmall ? [1, 10] : [1, 32, 1_000];
  const [rounds, requests] = isSmall ? [1, 20] : [7, 2_000];
  const pools = sizes.map((connections) => new Pool(new URL(url).origin, { connections }));
  const values = sizes.map((): number[][] => measures.map(() => []));
  for (let round = -1; round < rounds; round++)
    for (const [index, clients] of sizes.entries()) {
      const figures = await measureLoad(target, pools[index] as Pool, clients, requests);
      if (round >= 0) for (const [measured, figure] of figures.entries()) values[index]?.[measured]?.push(figure);
    }
  for (const pool of pools) await pool.close();
  const toName = (clients: number) => (clients === 1 ? "1 client" : `${clients.toLocaleString("en-US")} clients`);
  const rows: MeasuredRow[] = sizes.map((clients, index) => ({ name: toName(clients), values: values[index] ?? [] }));
  return { caption, what: "at once", base: toName(1), measures, rows };
}

async function measure({ isSmall, folder }: Scale): Promise<Table[]> {
  const tables: Table[] = [];
  const { child, said } = await startChild(join(import.meta.dirname, "reference-server.ts"));
  const { url, contactId } = said as { url: string; contactId: string };
  const headers = { authorization: "Bearer bench-key" };
  const read = async (pool: Pool) => {
    const { statusCode, body } = await pool.request({ method: "GET", path: `/v1/contacts/${contactId}`, headers });
    await body.text();
    if (statusCode !== 200) throw new Error(`the reference answered ${statusCode}`);
  };
  tables.push(
    await measureClients("GET /contacts/{id} of the reference", url, { pid: child.pid as number, send: read }, isSmall),
  );
  await endChild(child);
  const server = await startServer("--file", newFile(folder));
  const deliver = async (pool: Pool) => {
    const { statusCode, body } = await pool.request({ path: "/", method: "POST", ...createDelivery(1000) });
    await body.text();
    if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`);
  };
  const target = { pid: server.child.pid as number, send: deliver };
  tables.push(await measureClients("Deliveries to the receiver, kept in a SQLite file", server.url, target, isSmall));
  await server.stop();
  return tables;
}

export const growthClients: Question = {
  name: "growth-clients",
  title: "From one client at once to a thousand",
  about: `Each client has a connection that stays open and waits for its answer before it asks again; they are one process beside the
server, on the same two cores. CPU is the server's, of all its threads.`,
  measure,
};
