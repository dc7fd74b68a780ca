/**
 * The tables of docs/reliability.md, cell by cell: what a read, an upsert and a send come to under each fault. The
 * tables are the expectation; this runs them against the reference API, in process and over sockets.
 */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { FaultInput } from "../../reference/index.ts";
import type { OnSync, OnSyncError, Transport } from "../../src/client/index.ts";
import { networkError } from "../../testing/scripted.ts";
import { peerOf, virtualPair } from "../../testing/virtual-pair.ts";

type Table = { columns: string[]; rows: { name: string; cells: string[] }[] };

/** The table under a heading of the page. */
function tableUnder(heading: string): Table {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reliability.md"), "utf8");
  const section = page.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  const cells = (line: string) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
  const [head = [], _rule, ...rows] = lines.map(cells);
  return { columns: head.slice(1), rows: rows.map(([name = "", ...rest]) => ({ name, cells: rest })) };
}

const page502 = "<html><body><h1>502 Bad Gateway</h1></body></html>";
/** What the reference is told to do; `refused` is the network's, which has no reference to reach. */
const faults: Record<string, FaultInput | "refused"> = {
  "connection refused": "refused",
  "latency past the deadline": { latencyMs: 60_000 },
  "connection reset": { kind: "reset" },
  "truncated body": { kind: "truncate" },
  "malformed JSON": { kind: "malformed" },
  "dropped response after the work": { kind: "drop_response" },
  "HTML 502 from a gateway": { status: 502, body: page502 },
  "500 from OnSync": { status: 500 },
  "429 with seconds": { status: 429, headers: { "Retry-After": "7" } },
  "429 with a date": {
    status: 429,
    headers: { Date: "Sun, 01 Dec 2024 10:00:00 GMT", "Retry-After": "Sun, 01 Dec 2024 10:00:07 GMT" },
  },
  "429 past the deadline": { status: 429, headers: { "Retry-After": "3600" } },
};

const phone = "+971500000000";

function amount(count: number, thing: string) {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function failed(error: OnSyncError) {
  return error;
}

const calls: Record<string, (onsync: OnSync, contactId: string) => Promise<string>> = {
  Read: async (onsync, contactId) => {
    const outcome = await onsync.contacts.get(contactId).catch(failed);
    return outcome instanceof Error ? outcome.name : "contact";
  },
  Upsert: async (onsync) => {
    const outcome = await onsync.contacts.save({ phone, firstName: "Sara" }).catch(failed);
    if (outcome instanceof Error) return outcome.name;
    return { true: "created", false: "updated", null: "created or updated" }[String(outcome.created)] ?? "";
  },
  Send: async (onsync) => {
    const input = { platform: "telegram", to: "sara", messageType: "text", content: "Hi" } as const;
    const outcome = await onsync.messages.send(input).catch(failed);
    if (!(outcome instanceof Error)) return "message";
    return outcome.outcome === "unknown" ? outcome.name : `${outcome.name}, not sent`;
  },
};

type Over = "process" | "sockets";

/** Refuses as many connections: over sockets for real, at a port where nobody listens any more. */
async function refusing(over: Over, times: number): Promise<(inner: Transport) => Transport> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  let left = times;
  return (inner) => async (request) => {
    if (left-- <= 0) return inner(request);
    if (over === "process") throw networkError("ECONNREFUSED", "connect");
    const url = new URL(request.url);
    url.port = String(port);
    return inner({ ...request, url: url.href });
  };
}

/** Runs one call under one fault and tells what came of it, in the words of the tables. */
async function cell(fault: FaultInput | "refused", times: number, call: string, over: Over): Promise<string> {
  const wrap = await refusing(over, fault === "refused" ? times : 0);
  await using pair = await virtualPair({}, {}, { over, wrap });
  const { reference, onsync, clock, requests } = pair;
  // What the peer does is none of what is counted.
  const peer = peerOf(reference);
  const { id } = await peer.contacts.save({ email: "omar@example.com" });
  if (fault !== "refused") await reference.control.faults.add({ ...fault, ...(times < many && { times }) });

  const startedAt = clock.now();
  const outcome = await (calls[call] as (typeof calls)[string])(onsync, id);
  const took = `${(clock.now() - startedAt) / 1000} s`;
  const asked = amount(requests.length, "request");

  await reference.control.faults.clear();
  const { data: contacts } = await peer.contacts.list({ phone });
  const messages = await peer.messages.list("telegram:sara").then(
    ({ data }) => data.length,
    () => 0,
  );
  const there =
    { Read: [], Upsert: [amount(contacts.length, "contact")], Send: [amount(messages, "message")] }[call] ?? [];
  return [outcome, ...there, asked, took].join(", ");
}

const many = 1000;

describe.each([
  ["One fault", 1],
  ["The same fault, again and again", many],
])("%s", (heading, times) => {
  const { columns, rows } = tableUnder(heading);

  test("the table has every fault and every call", () => {
    expect(columns).toEqual(Object.keys(calls));
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(faults));
  });

  const cells = rows.flatMap(({ name, cells: texts }) =>
    texts.map((text, index) => [name, columns[index] as string, text] as const),
  );
  describe.each<Over>(["process", "sockets"])("over %s", (over) => {
    test.each(cells)("%s: %s", async (name, call, text) => {
      expect(await cell(faults[name] as FaultInput | "refused", times, call, over)).toBe(text);
    });
  });
});
