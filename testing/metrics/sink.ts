/** A server that events are handed on to, which takes some, refuses some, is busy once, holds some, and counts what it answers. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type CountingSink = {
  url: string;
  /** Hand-ons by what was answered; `held`: nothing so far. */
  counts: { taken: number; refused: number; busy: number; held: number };
  /** From now on it takes what it held. */
  release(): void;
  close(): void;
};

/** By the event's id: `bad` is refused each time, `busy` asked for patience the first time, `held` never answered until released. */
export async function startCountingSink(): Promise<CountingSink> {
  const counts = { taken: 0, refused: 0, busy: 0, held: 0 };
  const seen = new Set<string>();
  let isHolding = true;
  const answer = (id: string, response: ServerResponse): void => {
    const isFirst = !seen.has(id);
    seen.add(id);
    if (id.includes("held") && isHolding) {
      counts.held += 1;
      return;
    }
    const [kind, status] = id.includes("bad")
      ? (["refused", 400] as const)
      : id.includes("busy") && isFirst
        ? (["busy", 503] as const)
        : (["taken", 200] as const);
    counts[kind] += 1;
    response.writeHead(status).end();
  };
  const server = createServer((request, response) => {
    const id = String(request.headers["x-onsync-delivery"]);
    request.resume().once("end", () => answer(id, response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    counts,
    release: () => {
      isHolding = false;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
