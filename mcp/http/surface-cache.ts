/**
 * Several orgs on one server: each request carries its own OnSync key, and each key has its own client and tools. They
 * are kept for the keys used last, found by a hash of the whole key, so that keys lie in no table.
 */
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";

export function createSurfaceCache<Surface extends NonNullable<unknown>>(
  create: (apiKey: string) => Surface,
  maxEntries = 100,
) {
  const surfaces = new LRUCache<string, Surface, string>({
    max: maxEntries,
    memoMethod: (_hash, _stale, { context: apiKey }) => create(apiKey),
  });
  return {
    forKey: (apiKey: string): Surface =>
      surfaces.memo(createHash("sha256").update(apiKey).digest("base64"), { context: apiKey }),
    get size() {
      return surfaces.size;
    },
  };
}
