/** Deliveries on `node:http`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, Delivery } from "./delivery.ts";

/** Closed at once, a sender that still sends would not get to read the answer; a sender that goes on for ever is cut. */
const lingerMs = 1000;

export async function answerNodeRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  receive: (delivery: Delivery) => Promise<Answer>,
): Promise<void> {
  const { status, headers, text } = await receive({
    method: incoming.method ?? "",
    header: (name) => readHeader(incoming, name),
    body: readWithoutDestroying(incoming),
  });
  outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
  if (!incoming.complete) discardRest(incoming);
}

function readHeader(incoming: IncomingMessage, name: string): string | null {
  const value = incoming.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(", ") : (value ?? null);
}

/** Leaving the loop early must not take the connection down before the answer is written. */
function readWithoutDestroying(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  return incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array> & AsyncIterator<Uint8Array>;
}

function discardRest(incoming: IncomingMessage): void {
  const cut = setTimeout(() => incoming.destroy(), lingerMs);
  incoming.once("close", () => clearTimeout(cut));
  incoming.resume();
}
