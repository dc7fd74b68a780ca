/** The reference API over HTTP beside a bare `node:http` server with the same endpoints, and beside servers of mocks. */
import { installPeers } from "../harness/peers.ts";
import type { Question, Scale, Table } from "../harness/question.ts";
import { cases } from "./cases.ts";
import { base, type MeasuredServer, startServers } from "./servers.ts";

type Measured = { ms: number; cpuMs: number };

/** By server, what each round took: in turns. */
async function measureRounds(servers: readonly MeasuredServer[], name: string, { isSmall }: Scale) {
  const [requests, rounds, warmUps] = isSmall ? [20, 1, 0] : [500, 11, 2];
  const measured: Measured[][] = servers.map(() => []);
  for (let round = -warmUps; round < rounds; round++)
    for (const [index, server] of servers.entries()) {
      const each = await server.measure(name, requests);
      if (round >= 0) measured[index]?.push(each);
    }
  return measured.map((each) => [
    each.map(({ ms }) => requests / (ms / 1000)),
    each.map(({ cpuMs }) => (cpuMs * 1000) / requests),
  ]);
}

function findAim(server: string): { aim?: { atLeast: number } } {
  if (server === "reference, in memory") return { aim: { atLeast: 0.5 } };
  return server === "reference, data file" ? { aim: { atLeast: 0.4 } } : {};
}

async function measure(scale: Scale): Promise<Table[]> {
  installPeers();
  const servers = await startServers(scale.folder);
  try {
    const tables: Table[] = [];
    for (const name of Object.keys(cases)) {
      const values = await measureRounds(servers, name, scale);
      tables.push({
        ...{ caption: name, what: "server", base, chart: true },
        measures: [
          { name: "requests/s", compared: true },
          { name: "server's CPU µs a request", compared: true },
        ],
        rows: servers.map((server, index) => ({
          ...{ name: server.name, values: values[index] ?? [] },
          ...findAim(server.name),
        })),
      });
    }
    return tables;
  } finally {
    for (const server of servers) await server.stop();
  }
}

export const referenceHttp: Question = {
  name: "reference-http",
  title: "The reference API over HTTP",
  about: `\`onsync reference\` beside a bare \`node:http\` server with the same endpoints, which holds bodies against the same zod schemas and
keeps its data in maps: no log, no rate limit, no events, and one key. prism makes its answers up from docs/openapi.yaml;
json-server keeps what it is sent in a file. Each server is a process of its own, and so is what sends to it, 16 requests at once.
CPU is the server's, of all its threads. \`@vercel/emulate\` could not be had from npm.

What stands in the way of half of the bare server's rate for writes, by the profile of POST /contacts in memory: 23 % writes the answer
to its socket, which the bare server does as well; 27 % is SQLite and what a save means, the budget included; 8 % reads the body and
holds it against its schema, 4 % is the line in the log, 3 % collects garbage, 2.5 % asks whether Host and Origin may pass, and no other
step has 2 %. In a file a save writes three pages and a send twelve: seven of these are of the three indexes by which conversations
are listed, the one active last first. The key, its org, settings, triggers and who subscribes are remembered until somebody changes
them; before that, and before the words of the search were written for many contacts at once, CPU was 1.1 to 1.4 times
that of now for reads, 1.5 to 1.7 for POST /contacts and 1.1 to 1.4 for POST /messaging/send, in turns on a busy machine.

At commit 5cf48a1 statements with a bound limit were compiled for each request, each
request hashed its key, and each line of the log was a write: CPU to the bare server's was 5.2 to 13.7 then.`,
  measure,
};
