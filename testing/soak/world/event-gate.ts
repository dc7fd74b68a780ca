/**
 * What stands before the receivers, as a balancer does: it passes each delivery to one that is up, and now and then to two, or
 * loses it, or its answer; and the server behind them, which notes what is handed on, refuses some and never answers a few.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../hostile/random.ts";
import type { HandedOn, SentEvent } from "../evidence.ts";

/** A balancer that waits longer holds up all that comes after. */
const passTimeoutMs = 3_000;
const lossShare = 0.02;
const twiceShare = 0.03;
const refusedShare = 0.02;
const hangingShare = 0.002;
const slowShare = 0.05;
const slowestMs = 40;

export type EventGate = {
  url: string;
  sent: Map<string, SentEvent>;
  isHarsh: boolean;
  close(): Promise<void>;
};

export type EventSink = { url: string; seen: HandedOn[]; isHarsh: boolean; close(): Promise<void> };

type Served = { url: string; close(): Promise<void> };

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function serve(answer: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>): Promise<Served> {
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What keeps the order, as docs/events.md has it: the conversation of a message or a conversation, else the contact. */
function readKey({ type, data }: { type: string; data: { id: string; conversationId?: string } }): string {
  return type.startsWith("message.") ? (data.conversationId as string) : data.id;
}

/** @param listTargets where the receivers that are up take deliveries */
export async function openEventGate(listTargets: () => string[], random: Random): Promise<EventGate> {
  const sent = new Map<string, SentEvent>();
  const pass = async (record: SentEvent, headers: Record<string, string>, body: Buffer): Promise<number> => {
    const targets = listTargets();
    if (targets.length === 0) return 503;
    const signal = AbortSignal.timeout(passTimeoutMs);
    const response = await fetch(random.pick(targets), { method: "POST", headers, body: new Uint8Array(body), signal });
    await response.arrayBuffer();
    if (response.status === 200) record.acknowledgedAt ??= performance.now();
    return response.status;
  };
  const served = await serve(async (incoming, outgoing) => {
    const startedAt = performance.now();
    const body = await readBody(incoming);
    const event = JSON.parse(body.toString()) as Parameters<typeof readKey>[0] & { id: string };
    const record = sent.get(event.id) ?? { id: event.id, key: readKey(event), startedAt, acknowledgedAt: null };
    sent.set(event.id, record);
    if (gate.isHarsh && random.chance(lossShare)) return void outgoing.destroy();
    const names = Object.keys(incoming.headers).filter(
      (name) => name.startsWith("x-onsync-") || name === "content-type",
    );
    const headers = Object.fromEntries(names.map((name) => [name, String(incoming.headers[name])]));
    const times = gate.isHarsh && random.chance(twiceShare) ? 2 : 1;
    const statuses = await Promise.all(
      Array.from({ length: times }, () => pass(record, headers, body).catch(() => 503)),
    );
    if (gate.isHarsh && random.chance(lossShare)) return void outgoing.destroy();
    outgoing.writeHead(Math.min(...statuses)).end();
  });
  const gate: EventGate = { ...served, sent, isHarsh: false };
  return gate;
}

/** @param secret what hand-ons are signed with */
export async function openEventSink(secret: string, random: Random): Promise<EventSink> {
  const seen: HandedOn[] = [];
  const isGenuine = (body: Buffer, signature: string): boolean => {
    const given = Buffer.from(signature.replace(/^sha256=/, ""), "hex");
    const wanted = createHmac("sha256", secret).update(body).digest();
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  const served = await serve(async (incoming, outgoing) => {
    const body = await readBody(incoming);
    const header = (name: string) => String(incoming.headers[name]);
    const genuine = isGenuine(body, header("x-onsync-signature"));
    const hangs = sink.isHarsh && random.chance(hangingShare);
    const accepted = genuine && !hangs && !(sink.isHarsh && random.chance(refusedShare));
    const { id } = JSON.parse(body.toString()) as { id: string };
    const key = decodeURIComponent(header("x-onsync-order-key"));
    seen.push({ id, key, sequence: Number(header("x-onsync-sequence")), accepted, genuine });
    if (hangs) return;
    if (sink.isHarsh && random.chance(slowShare)) await delay(random.next() * slowestMs);
    outgoing.writeHead(accepted ? 200 : 500).end();
  });
  const sink: EventSink = { ...served, seen, isHarsh: false };
  return sink;
}
