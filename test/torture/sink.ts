/** The server that events are handed on to: it notes all it sees, refuses some, and takes its time for others. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { verifySignature } from "../../src/events/signature.ts";
import type { Seen } from "./judge.ts";

export type TortureSink = { url: string; seen: Seen[]; close(): Promise<void> };

const refusedShare = 0.02;
const slowShare = 0.05;
const slowestMs = 40;

/** @param epoch counts deaths and restarts, as {@link Seen} has it */
export const startSink = async (secret: string, random: () => number, epoch: () => number): Promise<TortureSink> => {
  const seen: Seen[] = [];
  const server = createServer((incoming, outgoing) => {
    const parts: Buffer[] = [];
    incoming.on("data", (part: Buffer) => parts.push(part));
    incoming.once("error", () => {});
    incoming.once("end", () => {
      const body = Buffer.concat(parts);
      const header = (name: string) => String(incoming.headers[name]);
      const genuine = verifySignature(body, header("x-onsync-signature"), secret);
      const event = JSON.parse(body.toString()) as { id: string };
      const accepted = genuine && random() >= refusedShare;
      // Noted when it arrives: a receiver killed before it reads the answer has handed it on all the same.
      seen.push({
        id: event.id,
        key: decodeURIComponent(header("x-onsync-order-key")),
        sequence: Number(header("x-onsync-sequence")),
        accepted,
        epoch: epoch(),
      });
      const answer = () => outgoing.writeHead(genuine ? (accepted ? 200 : 500) : 401).end();
      if (random() < slowShare) setTimeout(answer, random() * slowestMs);
      else answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};
