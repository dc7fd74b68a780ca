/** The reference API and a client of it in process, both on one virtual clock. */
import { createReference, type Reference, type ReferenceOptions } from "../../reference/index.ts";
import {
  createOnSync,
  fetchTransport,
  type OnSync,
  type OnSyncOptions,
  type Transport,
} from "../../src/client/index.ts";
import { VirtualClock } from "./clock.ts";

export type VirtualPair = {
  reference: Reference;
  clock: VirtualClock;
  onsync: OnSync;
  /** `POST /messaging/send`, for each request that left the client. */
  requests: string[];
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * @param wrap stands between client and reference: for what only a network does
 */
export const virtualPair = (
  options: ReferenceOptions = {},
  client: Partial<OnSyncOptions> = {},
  wrap: (transport: Transport) => Transport = (transport) => transport,
): VirtualPair => {
  const clock = new VirtualClock();
  const reference = createReference({ clock: clock.now, sleep: clock.sleepInside, ...options });
  const requests: string[] = [];
  const inner = wrap(fetchTransport((request) => reference.fetch(request)));
  const transport: Transport = (request) => {
    requests.push(`${request.method} ${new URL(request.url).pathname.slice("/v1".length)}`);
    return clock.busy(() => inner(request));
  };
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport,
    clock,
    random: () => 1,
    ...client,
  });
  return { reference, clock, onsync, requests, [Symbol.asyncDispose]: () => reference.close() };
};

/** A client beside the one under test, to set up and to look at what came of it. */
export const peerOf = (reference: Reference): OnSync =>
  createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
  });
