/** A reference API and a client of it, in process: the peers of nearly every test. */

import { createReference, type Reference, type ReferenceOptions } from "../reference/index.ts";
import { createOnSync, type OnSync, type OnSyncOptions } from "../src/client/index.ts";
import { fetchTransport } from "../src/client/transport/fetch.ts";

export type Pair = { reference: Reference; onsync: OnSync; [Symbol.asyncDispose](): Promise<void> };

/** `await using pair = await onsyncPair()`: both ends, closed at the end of the test. */
export async function onsyncPair(options: ReferenceOptions = {}, client: Partial<OnSyncOptions> = {}): Promise<Pair> {
  const reference = await createReference(options);
  const onsync = createOnSync({
    apiKey: reference.key,
    baseUrl: "http://127.0.0.1/v1",
    transport: fetchTransport((request) => reference.fetch(request)),
    ...client,
  });
  return { reference, onsync, [Symbol.asyncDispose]: async () => reference.close() };
}
