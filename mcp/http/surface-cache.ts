/**
 * Several orgs on one server: each request carries its own OnSync key, and each key has its own client and tools. They
 * are kept for the keys used last, found by a hash of the whole key, so that keys lie in no table.
 */
import { createHash } from "node:crypto";

export function createSurfaceCache<Account>(make: (apiKey: string) => Account, capacity = 100) {
  /** In the order of use: the first is the one used longest ago. */
  const kept = new Map<string, Account>();
  return {
    forKey(apiKey: string): Account {
      const hash = createHash("sha256").update(apiKey).digest("base64");
      const account = kept.get(hash) ?? make(apiKey);
      kept.delete(hash);
      kept.set(hash, account);
      if (kept.size > capacity) kept.delete(kept.keys().next().value as string);
      return account;
    },
    get size() {
      return kept.size;
    },
  };
}
