/**
 * The reference API over HTTP, as `onsync reference` runs it, beside a bare `node:http` server with zod that has the same
 * endpoints in memory: requests a second, and the server's CPU time a request. In turns; ratios are of neighbouring turns.
 *
 *   node bench/reference-http/index.ts [--requests 1000] [--rounds 21]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { formatTable, median } from "../measure.ts";
import { cases } from "./cases.ts";
import { type MeasuredServer, startServers } from "./servers.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "1000" }, rounds: { type: "string", default: "21" } },
});
const requests = Number(values.requests);
const warmUps = 3;

type Measured = { ms: number; cpuMs: number };

/** By round, what each server took. */
async function measureRounds(servers: readonly MeasuredServer[], name: string): Promise<Measured[][]> {
  const rounds: Measured[][] = [];
  for (let round = -warmUps; round < Number(values.rounds); round++) {
    const measured: Measured[] = [];
    for (const server of servers) measured.push(await server.measure(name, requests));
    if (round >= 0) rounds.push(measured);
  }
  return rounds;
}

function toRow(name: string, rounds: readonly Measured[][], index: number): string[] {
  const medianOf = (value: (own: Measured, bare: Measured) => number): number =>
    median(rounds.map((round) => value(round[index] as Measured, round[0] as Measured)));
  return [
    name,
    medianOf((own, bare) => bare.ms / own.ms).toFixed(2),
    medianOf((own, bare) => own.cpuMs / bare.cpuMs).toFixed(2),
    Math.round(medianOf((own) => requests / (own.ms / 1000))).toLocaleString("en"),
    Math.round(medianOf((own) => (own.cpuMs * 1000) / requests)).toLocaleString("en"),
  ];
}

const folder = mkdtempSync(join(tmpdir(), "onsync-bench-"));
const servers = await startServers(join(folder, "reference.db"));
try {
  const rows: string[][] = [];
  for (const name of Object.keys(cases)) {
    const rounds = await measureRounds(servers, name);
    for (const [index, server] of servers.entries()) rows.push(toRow(`${name}: ${server.name}`, rounds, index));
  }
  console.log(`Node ${process.version}, ${values.rounds} rounds of ${requests} requests in turns\n`);
  const head = ["request", "requests/s to bare", "CPU to bare", "requests/s", "server's CPU µs a request"];
  console.log(formatTable(head, rows));
} finally {
  for (const server of servers) await server.stop();
  rmSync(folder, { recursive: true });
}
