/** The reference API and a client of it, both on one virtual clock: in process, or with real sockets between them. */
import { createReference, type Reference, type ReferenceOptions } from "../reference/index.ts";
import { createOnSync, fetchTransport, type OnSync, type OnSyncOptions, type Transport } from "../src/client/index.ts";
import { undiciTransport } from "../src/client/transport/undici.ts";
import { VirtualClock } from "./virtual-clock.ts";

export type VirtualPair = {
  reference: Reference;
  clock: VirtualClock;
  onsync: OnSync;
  /** `POST /messaging/send`, for each request that left the client. */
  requests: string[];
  [Symbol.asyncDispose](): Promise<void>;
};

type Between = {
  /** What carries the requests; in process unless told otherwise. */
  over?: "process" | "sockets";
  /** Stands between client and transport: for what only a network does. */
  wrap?: (transport: Transport) => Transport;
};

export async function virtualPair(
  options: ReferenceOptions = {},
  client: Partial<OnSyncOptions> = {},
  { over = "process", wrap = (transport) => transport }: Between = {},
): Promise<VirtualPair> {
  const clock = new VirtualClock();
  const reference = createReference({
    clock: clock.now,
    sleep: (ms, signal) => clock.sleepInside(ms, signal).catch(() => {}),
    ...options,
  });
  const sockets = over === "sockets" ? undiciTransport() : undefined;
  const baseUrl = sockets ? (await reference.listen()).url : "http://127.0.0.1/v1";
  const inner = wrap(sockets ?? fetchTransport((request) => reference.fetch(request)));

  const requests: string[] = [];
  const transport: Transport = (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname.slice("/v1".length)}`);
    return clock.busy(() => inner(request));
  };
  const onsync = createOnSync({ apiKey: reference.key, baseUrl, transport, clock, random: () => 1, ...client });
  const close = async () => {
    await sockets?.close();
    await reference.close();
  };
  return { reference, clock, onsync, requests, [Symbol.asyncDispose]: close };
}

/** A client beside the one under test, to set up and to look at what came of it. */
export function peerOf(reference: Reference): OnSync {
  return createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
}
