/** A send ledger on Zapier's cache: all that the client asks of one while it sends; what the cache cannot do says so. */
import type { SendLedger } from "../../src/client/index.ts";
import type { ScopedCache } from "../connection/cache.ts";
import { CacheEntries, hash } from "./cache-entries.ts";

function refuse(what: string): Promise<never> {
  return Promise.reject(new Error(`the send ledger on Zapier's cache cannot ${what}`));
}

/**
 * @param cache without a scope, as two connections of one org share it: entries name their own
 * @param now milliseconds since 1970
 */
export function createCacheLedger(cache: ScopedCache, now: () => number = Date.now): SendLedger {
  const entries = new CacheEntries(cache, now);
  const toNoteKey = (name: string) => `note:${hash(name)}`;
  return {
    durable: true,
    claim: (message, options) => entries.claim(message, options),
    record: (key, outcome, claimId) => entries.record(key, outcome, claimId),
    find: (key) => entries.find(key),
    get: () => refuse("find an entry by its id: it is asked by reference"),
    list: () => refuse("list its entries: the cache does not tell its keys"),
    note: async (name) => ((await cache.get(toNoteKey(name))) ?? null) as string | null,
    setNote: async (name, value, { ttlMs, ifAbsent }) =>
      (await cache.set(toNoteKey(name), value, Math.ceil(ttlMs / 1000), ifAbsent)) !== false,
    listNotes: () => refuse("list notes: the cache does not tell its keys"),
    admit: () => refuse("count against limits: the cache cannot count"),
    release: () => refuse("count against limits: the cache cannot count"),
    async close() {},
  };
}
