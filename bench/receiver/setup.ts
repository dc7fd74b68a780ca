/** What the questions about the receiver share: files, deliveries, and servers in processes of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Pool } from "undici";
import { sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { skipped, startRedis } from "../../testing/redis-server.ts";

const secret = "bench-secret";
let files = 0;

export function newFile(folder: string): string {
  return join(folder, `${++files}.db`);
}

export type Delivery = { body: string; headers: Record<string, string> };

/** An event as OnSync delivers it. */
export function signDelivery(event: object): Delivery {
  const body = JSON.stringify(event);
  return { body, headers: { "content-type": "application/json", "x-onsync-signature": signPayload(body, secret) } };
}

let events = 0;

/** A message in this conversation. */
export function createEvent(conversationId: string) {
  events += 1;
  const event = sampleEvent("message.created");
  const id = `evt_${events.toString(36).padStart(10, "0")}`;
  return { ...event, id, data: { ...event.data, conversationId } };
}

/** A message in one of so many conversations. */
export function createDelivery(conversations: number): Delivery {
  return signDelivery(createEvent(`whatsapp:+97150${(events + 1) % conversations}`));
}

export type MeasuredServer = { url: string; child: ChildProcess; rssMiB(): number; stop(): Promise<void> };

export async function startServer(...args: string[]): Promise<MeasuredServer> {
  const script = join(import.meta.dirname, "server.ts");
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

/** The engines there are here, by name, with the arguments that have the server use each of them. */
export async function startEngines(
  folder: string,
): Promise<{ engines: [name: string, args: string[]][]; close(): Promise<void> }> {
  const redis = skipped === null ? await startRedis() : null;
  return {
    engines: [
      ["SQLite file", ["--file", newFile(folder)]],
      ...(redis ? [["Redis", ["--redis", redis.url]] as [string, string[]]] : []),
    ],
    close: async () => redis?.close(),
  };
}

export type ForwardSink = { url: string; server: Server; close(): void };

/** What events are handed on to. */
export async function startSink(listener: RequestListener): Promise<ForwardSink> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    server,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type Load = { senders: number; conversations: number; seconds: number };

/** Deliveries acknowledged a second, by so many senders at once. */
export async function measureLoad(url: string, { senders, conversations, seconds }: Load): Promise<number> {
  const pool = new Pool(new URL(url).origin, { connections: senders });
  const send = async (): Promise<void> => {
    const { statusCode, body } = await pool.request({ path: "/", method: "POST", ...createDelivery(conversations) });
    await body.text();
    if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`);
  };
  const sendDuring = async (ms: number): Promise<number> => {
    const until = performance.now() + ms;
    let sent = 0;
    const sender = async () => {
      for (; performance.now() < until; sent++) await send();
    };
    await Promise.all(Array.from({ length: senders }, sender));
    return sent;
  };
  await sendDuring(seconds * 200); // warms up
  const sent = await sendDuring(seconds * 1000);
  await pool.close();
  return sent / seconds;
}
