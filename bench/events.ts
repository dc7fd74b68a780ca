/**
 * What keeping events costs: durable accepts over HTTP against the same server without a store and against raw SQLite,
 * signature checks against other libraries, the time from a delivery to its hand-on, the engines side by side, and memory
 * at a backlog of a million, a healthy conversation beside a thousand that hang. Every server is a process of its own; this one is the sender.
 *
 *   npm ci --prefix bench/webhooks           the libraries to compare with
 *   node bench/events.ts [--only accepts,verify,latency,memory,hostile,hanging] [--seconds 5] [--backlog 1000000]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Pool } from "undici";
import { sampleEvent } from "../src/api/index.ts";
import { signPayload, verifySignature } from "../src/api/signature.ts";
import { findEventFile, openEventFile } from "../src/webhooks/store/sqlite/schema.ts";
import { openSqliteStore } from "../src/webhooks/store/sqlite/sqlite-store.ts";
import { skipped, startRedis } from "../testing/redis-server.ts";
import { median, quantile, table } from "./measure.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "accepts,verify,latency,memory,hostile,hanging" },
    seconds: { type: "string", default: "5" },
    backlog: { type: "string", default: "1000000" },
  },
});
const seconds = Number(values.seconds);
const backlog = Number(values.backlog);
const secret = "bench-secret";
const folder = mkdtempSync(join(tmpdir(), "onsync-bench-"));
let files = 0;

function newFile(): string {
  return join(folder, `${++files}.db`);
}

let events = 0;

function delivery(conversations: number) {
  events += 1;
  const event = sampleEvent("message.created");
  const body = JSON.stringify({
    ...event,
    id: `evt_${events.toString(36).padStart(10, "0")}`,
    data: { ...event.data, conversationId: `whatsapp:+97150${events % conversations}` },
  });
  return { body, headers: { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) } };
}

type Server = { url: string; child: ChildProcess; rssMiB(): number; stop(): Promise<void> };

async function startServer(...args: string[]): Promise<Server> {
  const script = join(import.meta.dirname, "events-server.ts");
  const child = spawn(process.execPath, [script, "--secret", secret, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((resolve) => {
    child.stdout?.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  return {
    url,
    child,
    rssMiB: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    stop: async () => {
      const exited = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await exited;
    },
  };
}

/** Deliveries acknowledged a second, by so many senders at once. */
async function load(url: string, senders: number, conversations: number): Promise<number> {
  const pool = new Pool(new URL(url).origin, { connections: senders });
  const send = async (): Promise<void> => {
    const { statusCode, body } = await pool.request({ path: "/", method: "POST", ...delivery(conversations) });
    await body.text();
    if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`);
  };
  const during = async (ms: number): Promise<number> => {
    const until = performance.now() + ms;
    let sent = 0;
    const sender = async () => {
      for (; performance.now() < until; sent++) await send();
    };
    await Promise.all(Array.from({ length: senders }, sender));
    return sent;
  };
  await during(1000); // warms up
  const sent = await during(seconds * 1000);
  await pool.close();
  return sent / seconds;
}

function rate(value: number): string {
  return Math.round(value).toLocaleString("en");
}

function rawInserts(group: number): number {
  const sql = openEventFile(findEventFile(newFile()));
  const insert = sql.prepare(
    "INSERT INTO events (id, type, key, rank, created_at, received_at, body) VALUES (?, 'message.created', 'a', 0, 1, 1, ?)",
  );
  const until = performance.now() + seconds * 1000;
  let rows = 0;
  while (performance.now() < until) {
    sql.exec("BEGIN IMMEDIATE");
    for (let n = 0; n < group; n++, rows++) insert.run(`evt_${rows}`, delivery(1).body);
    sql.exec("COMMIT");
  }
  sql.close();
  return rows / seconds;
}

async function accepts(): Promise<void> {
  const redis = skipped === null ? await startRedis() : null;
  const measured: [string, number][] = [];
  const plain = await startServer();
  const file = await startServer("--file", newFile());
  const shared = redis ? await startServer("--redis", redis.url) : null;
  // In turns, three times: what else the machine does then meets them all.
  const rates = new Map<string, number[]>();
  for (let turn = 0; turn < 3; turn++) {
    for (const [name, server] of [
      ["without a store", plain],
      ["SQLite file", file],
      ["Redis, append-only file written before each answer", shared],
    ] as const) {
      if (!server) continue;
      for (const senders of [1, 64]) {
        const key = `${name}, ${senders} at once`;
        rates.set(key, [...(rates.get(key) ?? []), await load(server.url, senders, 1000)]);
      }
    }
  }
  for (const [name, each] of rates) measured.push([name, median(each)]);
  for (const server of [plain, file, shared]) await server?.stop();
  await redis?.close();
  measured.push(
    ["raw SQLite, one row a transaction", rawInserts(1)],
    ["raw SQLite, 64 rows a transaction", rawInserts(64)],
  );
  const base = new Map(measured);
  const ratio = (name: string, to: string) =>
    ((base.get(name) ?? Number.NaN) / (base.get(to) ?? Number.NaN)).toFixed(2);
  console.log("\n### Durable accepts over HTTP\n");
  console.log(
    table(
      ["", "ratio to no store", "ratio to raw SQLite, 1 row", "a second"],
      measured.map(([name, value]) => [
        name,
        name.startsWith("raw")
          ? ""
          : ratio(name, name.endsWith(" 1 at once") ? "without a store, 1 at once" : "without a store, 64 at once"),
        ratio(name, "raw SQLite, one row a transaction"),
        rate(value),
      ]),
    ),
  );
}

function perSecond(work: () => void): number {
  for (let n = 0; n < 5000; n++) work();
  const rates: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    const until = performance.now() + 500;
    const started = performance.now();
    let done = 0;
    for (; performance.now() < until; done += 100) for (let n = 0; n < 100; n++) work();
    rates.push(done / ((performance.now() - started) / 1000));
  }
  return median(rates);
}

async function verify(): Promise<void> {
  const { body } = delivery(1);
  const header = signPayload(body, secret);
  const measured: [string, number][] = [
    ["verifySignature", perSecond(() => void verifySignature(body, header, secret))],
    [
      "verifySignature and JSON.parse",
      perSecond(() => void (verifySignature(body, header, secret) && JSON.parse(body))),
    ],
    ["verifySignature, two secrets", perSecond(() => void verifySignature(body, header, ["newer-secret", secret]))],
  ];
  // They are no dependencies of ours: found from their own folder.
  const peer = createRequire(join(import.meta.dirname, "webhooks", "package.json"));
  try {
    const key = Buffer.from(secret).toString("base64");
    const now = new Date();
    const sign = (text: string) => createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
    const headers = (prefix: string) => ({
      [`${prefix}-id`]: "msg_1",
      [`${prefix}-timestamp`]: String(Math.floor(now.getTime() / 1000)),
      [`${prefix}-signature`]: `v1,${sign(`msg_1.${Math.floor(now.getTime() / 1000)}.${body}`)}`,
    });
    const [standardHeaders, svixHeaders] = [headers("webhook"), headers("svix")];
    const standard = new (peer("standardwebhooks").Webhook)(key);
    measured.push(["standardwebhooks (parses too)", perSecond(() => void standard.verify(body, standardHeaders))]);
    const svix = new (peer("svix").Webhook)(key);
    measured.push(["svix (parses too)", perSecond(() => void svix.verify(body, svixHeaders))]);
    const { webhooks } = new (peer("stripe"))("unused");
    const stripeHeader = webhooks.generateTestHeaderString({ payload: body, secret });
    measured.push([
      "stripe (parses too)",
      perSecond(() => void webhooks.constructEvent(body, stripeHeader, secret, 1_000_000)),
    ]);
  } catch (error) {
    console.error(`The other libraries are not measured (npm ci --prefix bench/webhooks): ${(error as Error).message}`);
  }
  const ours = measured[1]?.[1] as number;
  console.log(`\n### Signature checks of a delivery of ${body.length} bytes\n`);
  console.log(
    table(
      ["", "ratio to ours with parsing", "a second"],
      measured.map(([name, value]) => [name, (value / ours).toFixed(2), rate(value)]),
    ),
  );
}

async function latency(): Promise<void> {
  const arrivals = new Map<string, number>();
  const sink = createServer((incoming, outgoing) => {
    arrivals.set(String(incoming.headers["x-onsync-delivery"]), performance.now());
    incoming.resume().once("end", () => outgoing.end());
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const forward = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  const redis = skipped === null ? await startRedis() : null;
  const rows: string[][] = [];
  for (const [name, args] of [
    ["SQLite file", ["--file", newFile()]],
    ...(redis ? [["Redis", ["--redis", redis.url]] as const] : []),
  ] as [string, string[]][]) {
    const server = await startServer("--forward", forward, ...args);
    for (const perSecondSent of [50, 500]) {
      const pool = new Pool(new URL(server.url).origin, { connections: 64 });
      const sent = new Map<string, number>();
      const answered: number[] = [];
      const requests: Promise<void>[] = [];
      const total = perSecondSent * seconds;
      const started = performance.now();
      for (let n = 0; n < total; n++) {
        const due = started + (n * 1000) / perSecondSent;
        if (due > performance.now()) await delay(due - performance.now());
        const next = delivery(200);
        const at = performance.now();
        sent.set((JSON.parse(next.body) as { id: string }).id, at);
        requests.push(
          pool.request({ path: "/", method: "POST", ...next }).then(async ({ body }) => {
            answered.push(performance.now() - at);
            await body.text();
          }),
        );
      }
      await Promise.all(requests);
      while ([...sent.keys()].some((id) => !arrivals.has(id))) await delay(20);
      const took = [...sent].map(([id, at]) => (arrivals.get(id) as number) - at);
      const ms = (list: number[], q: number) => quantile(list, q).toFixed(1);
      rows.push([
        `${name}, ${perSecondSent} a second`,
        ms(answered, 0.5),
        ms(answered, 0.99),
        ms(took, 0.5),
        ms(took, 0.99),
      ]);
      await pool.close();
    }
    await server.stop();
  }
  await redis?.close();
  sink.closeAllConnections();
  sink.close();
  console.log("\n### From delivery to acknowledgement and to hand-on, in ms\n");
  console.log(table(["", "acknowledged p50", "p99", "handed on p50", "p99"], rows));
}

/** A file with that many events waiting, written as the engine writes them but in large transactions. */
function fill(conversations: number): string {
  const file = newFile();
  openSqliteStore({ file }).close();
  const sql = new DatabaseSync(file);
  const insert = sql.prepare(
    "INSERT INTO events (id, type, key, rank, created_at, received_at, body) VALUES (?, 'message.created', ?, 0, 1, 1, ?)",
  );
  const queue = sql.prepare("INSERT OR IGNORE INTO queues (key, due_at) VALUES (?, 0)");
  sql.exec("BEGIN");
  for (let n = 0; n < backlog; n++) {
    const key = `whatsapp:+97150${n % conversations}`;
    insert.run(`evt_waiting_${n}`, key, delivery(conversations).body);
    queue.run(key);
  }
  sql.exec("COMMIT");
  sql.close();
  return file;
}

async function memory(): Promise<void> {
  const sink = createServer((incoming, outgoing) => {
    incoming.resume().once("end", () => outgoing.end());
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const forward = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  const rows: string[][] = [];
  for (const conversations of [10, 10_000]) {
    for (const [what, file] of [
      ["nothing waiting", newFile()],
      [`${backlog.toLocaleString("en")} waiting`, fill(conversations)],
    ] as const) {
      const server = await startServer("--file", file, "--forward", forward);
      const accepted = await load(server.url, 64, conversations);
      rows.push([
        `${conversations.toLocaleString("en")} conversations, ${what}`,
        server.rssMiB().toFixed(0),
        rate(accepted),
      ]);
      await server.stop();
    }
  }
  sink.closeAllConnections();
  sink.close();
  console.log("\n### Memory while accepting and handing on\n");
  console.log(table(["", "RSS MiB", "accepted a second meanwhile"], rows));
}

/** Forged, oversized and dripping deliveries at once: nothing is kept, and memory stays where it was. */
async function hostile(): Promise<void> {
  const file = newFile();
  const server = await startServer("--file", file);
  const { hostname, port } = new URL(server.url);
  await load(server.url, 64, 1000);
  const { position: before } = await endOf(file);
  const calm = server.rssMiB();
  const dripping = Array.from({ length: 500 }, () => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{");
    return socket;
  });
  const pool = new Pool(server.url, { connections: 64 });
  const forged = { "content-type": "application/json", "x-onsync-signature": "0".repeat(64) };
  const statuses = new Map<number | string, number>();
  let most = calm;
  const attack = async (chunks: number): Promise<void> => {
    const chunk = Buffer.alloc(64 * 1024, 32);
    const body = async function* () {
      for (let n = 0; n < chunks; n++) yield chunk;
    };
    let status: number | string = "cut off";
    try {
      const response = await pool.request({ path: "/", method: "POST", headers: forged, body: Readable.from(body()) });
      status = response.statusCode;
      await response.body.dump();
    } catch {}
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const until = performance.now() + seconds * 1000;
  const attacker = async (index: number) => {
    for (let n = index; performance.now() < until; n++) {
      await attack(n % 2 === 0 ? 15 : 64);
      most = Math.max(most, server.rssMiB());
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, index) => attacker(index)));
  for (const socket of dripping) socket.destroy();
  await pool.close();
  const { position: after } = await endOf(file);
  await server.stop();
  console.log("\n### Under attack: forged bodies of almost 1 MiB, bodies of 4 MiB, 500 bodies that never end\n");
  console.log(
    table(
      ["RSS MiB before, after a load of genuine ones", "most during", "kept", ...[...statuses.keys()].map(String)],
      [[calm.toFixed(0), most.toFixed(0), String(after - before), ...[...statuses.values()].map(String)]],
    ),
  );
}

const hangingConversations = 1000;

/** A thousand conversations for which the sink never answers: what a healthy one waits, and what it costs. */
async function hanging(): Promise<void> {
  const arrivals = new Map<string, number>();
  const sink = createServer((incoming, outgoing) => {
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
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const sockets = () => new Promise<number>((resolve) => sink.getConnections((_error, count) => resolve(count)));
  const forward = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/`;
  const redis = skipped === null ? await startRedis() : null;
  const rows: string[][] = [];
  for (const [name, args] of [
    ["SQLite file", ["--file", newFile()]],
    ...(redis ? [["Redis", ["--redis", redis.url]] as const] : []),
  ] as [string, string[]][]) {
    const server = await startServer("--forward", forward, ...args);
    const pool = new Pool(new URL(server.url).origin, { connections: 16 });
    const send = async (conversationId: string): Promise<string> => {
      const { id, ...event } = JSON.parse(delivery(1).body);
      const text = JSON.stringify({ id, ...event, data: { ...event.data, conversationId } });
      const headers = { "content-type": "application/json", "x-onsync-signature": signPayload(text, secret) };
      const { body } = await pool.request({ path: "/", method: "POST", headers, body: text });
      await body.text();
      return id;
    };
    const calm = server.rssMiB();
    for (let n = 0; n < hangingConversations; n++) await send(`hanging${n}`);
    const sent = new Map<string, number>();
    let [mostSockets, mostMiB] = [0, 0];
    const until = performance.now() + 6 * seconds * 1000;
    while (performance.now() < until) {
      const at = performance.now();
      sent.set(await send("healthy"), at);
      await delay(100);
      mostSockets = Math.max(mostSockets, await sockets());
      mostMiB = Math.max(mostMiB, server.rssMiB());
    }
    // What has not come yet has waited until now at least.
    const took = [...sent].map(([id, at]) => (arrivals.get(id) ?? performance.now()) - at);
    rows.push([
      name,
      quantile(took, 0.5).toFixed(0),
      quantile(took, 0.99).toFixed(0),
      `${calm.toFixed(0)} / ${mostMiB.toFixed(0)}`,
      String(mostSockets),
    ]);
    await pool.close();
    await server.stop();
  }
  await redis?.close();
  sink.closeAllConnections();
  sink.close();
  console.log(`\n### A healthy conversation beside ${hangingConversations} that hang, in ms\n`);
  console.log(table(["", "handed on p50", "p99", "RSS MiB before / most", "most sockets to the sink"], rows));
}

async function endOf(file: string) {
  const store = openSqliteStore({ file, claim: false });
  const end = await store.end();
  await store.close();
  return end;
}

const parts: Record<string, () => Promise<void>> = { accepts, verify, latency, memory, hostile, hanging };
try {
  console.log(`Node ${process.version}, ${seconds} s a cell`);
  for (const name of values.only.split(",")) {
    const part = parts[name];
    if (!part) throw new Error(`--only: ${name} is none of ${Object.keys(parts).join(", ")}.`);
    await part();
  }
} finally {
  rmSync(folder, { recursive: true });
}
