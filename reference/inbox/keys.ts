/** API keys: made, kept as a hash, and told apart by their beginning. */
import crypto, { randomInt } from "node:crypto";
import type { Scope } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import type { Key } from "../store/keys.ts";

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Letters and digits that nobody can guess. */
export function generateText(length: number): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join("");
}

/** A new key. It is shown once; only its hash is kept. */
export function generateKey(): string {
  return `onsync_pk_test_${generateText(32)}`;
}

export function hashKey(key: string): string {
  return crypto.hash("sha256", key);
}

/** The first characters of a key, which tell keys apart and give none away. */
export function toKeyPrefix(key: string): string {
  const known = /^onsync_pk_[a-z]+_/.exec(key)?.[0] ?? "";
  return key.slice(0, known.length + Math.min(4, Math.floor((key.length - known.length) / 3)));
}

/** Lets a key in, a new one unless one is given. The key itself is returned and not kept. */
export function registerKey(
  { store, ids, clock }: ReferenceContext,
  orgId: string,
  scopes: readonly Scope[],
  key = generateKey(),
  label: string | null = null,
): Key & { key: string } {
  const stored = store.keys.save(
    { id: ids("key"), orgId, prefix: toKeyPrefix(key), scopes: [...scopes], createdAt: clock.now(), label },
    hashKey(key),
  );
  return { ...stored, key };
}
