/** The port of `onsync listen`: who answers a delivery, and who is turned away. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { findRefusedHeader } from "../../src/http/access.ts";
import { createProbes, type Probes } from "../../src/http/probes.ts";
import { type ConnectionLimits, createHttpServer, type RunningServer, serve } from "../../src/http/serve.ts";
import type { Receiver } from "../../src/webhooks/receiver/receiver.ts";

/** Before there is a store, nothing can be kept. */
const answerStarting: RequestListener = (_incoming, outgoing) => {
  outgoing.writeHead(503, { "retry-after": "5" }).end();
};

/**
 * Takes the port, and answers 503 until it is told what to do with deliveries. Slow senders of headers are cut by the
 * server, those of bodies by the receiver, and by the server where nobody reads them.
 */
export async function openDeliveryPort(
  port: number,
  host: string,
  { limits, probes = createProbes() }: { limits?: ConnectionLimits; probes?: Probes } = {},
): Promise<RunningServer & { answerWith(listener: RequestListener): void }> {
  let answer = answerStarting;
  const listener: RequestListener = (incoming, outgoing) => {
    const probe = probes.answer(incoming.method ?? "", incoming.url?.split("?", 1)[0] ?? "");
    if (!probe) return answer(incoming, outgoing);
    return probe.then(({ status, headers, body }) => outgoing.writeHead(status, headers).end(body));
  };
  const server = await serve(createHttpServer(listener, { limits }), { port, host });
  return {
    ...server,
    answerWith: (listener) => {
      answer = listener;
    },
  };
}

/** What is no probe is a delivery, whatever its path. */
export function createDeliveryListener(receiver: Receiver): RequestListener {
  return (incoming, outgoing) => {
    if (isFromPage(incoming)) refusePage(outgoing);
    else void receiver.node(incoming, outgoing);
  };
}

/** No page delivers webhooks. Any Host will do: a delivery shows its signature, and comes through proxies by any name. */
function isFromPage({ headers }: IncomingMessage): boolean {
  const get = (name: string): string | null => headers[name]?.toString() ?? null;
  return findRefusedHeader({ url: "http://localhost/", headers: { get } }, { hosts: "any", origins: [] }) !== undefined;
}

function refusePage(outgoing: ServerResponse): void {
  outgoing.writeHead(403, { "content-type": "application/json", connection: "close" });
  outgoing.end(JSON.stringify({ error: { code: "forbidden", message: "Pages may not call this receiver." } }));
}
