/**
 * The server that events are handed on to: it notes all it sees, refuses some, takes its time for others, and never answers
 * some at all. Behind it are consumers that follow the documentation to the letter.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifySignature } from "../../src/api/signature.ts";
import { type Consumer, createDeliveryConsumer, createSequenceConsumer } from "../hostile/consumer.ts";
import type { Seen } from "./judge.ts";

export type TortureSink = {
  url: string;
  seen: Seen[];
  consumers: Record<"bySequence" | "byDelivery", Consumer>;
  /** Hand-ons that were never answered. */
  hung(): number;
  close(): Promise<void>;
};

const refusedShare = 0.02;
const slowShare = 0.05;
const slowestMs = 40;
const hangingShare = 0.005;
/** Events of which the first hand-ons are refused until they are dead letters. */
const stubbornShare = 0.01;
const stubbornRefusals = 4;

/** @param epoch counts deaths and restarts, as {@link Seen} has it */
export async function startSink(secret: string, random: () => number, epoch: () => number): Promise<TortureSink> {
  const seen: Seen[] = [];
  const consumers = { bySequence: createSequenceConsumer(), byDelivery: createDeliveryConsumer() };
  const refusalsLeft = new Map<string, number>();
  let hung = 0;

  const refuses = (id: string): boolean => {
    const left = refusalsLeft.get(id) ?? (random() < stubbornShare ? stubbornRefusals : 0);
    refusalsLeft.set(id, Math.max(0, left - 1));
    return left > 0 || random() < refusedShare;
  };
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.once("error", () => {});
    incoming.once("end", () => {
      const body = Buffer.concat(parts);
      const header = (name: string) => String(incoming.headers[name]);
      const genuine = verifySignature(body, header("x-onsync-signature"), secret);
      const event = JSON.parse(body.toString()) as { id: string };
      const hangs = random() < hangingShare;
      const taken = genuine && !refuses(event.id);
      // One that is never answered may have been processed all the same.
      const accepted = taken && !hangs;
      // Noted when it arrives: a receiver killed before it reads the answer has handed it on all the same.
      const key = decodeURIComponent(header("x-onsync-order-key"));
      const sequence = Number(header("x-onsync-sequence"));
      seen.push({ id: event.id, key, sequence, accepted, epoch: epoch() });
      if (taken) {
        for (const consumer of Object.values(consumers))
          consumer.take({ id: header("x-onsync-delivery"), key, sequence });
      }
      if (hangs) {
        hung += 1;
        return;
      }
      const answer = () => outgoing.writeHead(genuine ? (accepted ? 200 : 500) : 401).end();
      if (random() < slowShare) setTimeout(answer, random() * slowestMs);
      else answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    seen,
    consumers,
    hung: () => hung,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
