/** API keys: made, kept as a hash, and asked for. */
import { createHash, randomInt } from "node:crypto";
import type { Store } from "../store/index.ts";
import type { Key } from "../store/keys.ts";
import type { Org } from "../store/orgs.ts";
import { Refusal } from "./answers.ts";

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
  return createHash("sha256").update(key).digest("hex");
}

/** The first characters of a key, which tell keys apart and give none away. */
export function toKeyPrefix(key: string): string {
  const known = /^onsync_pk_[a-z]+_/.exec(key)?.[0] ?? "";
  return key.slice(0, known.length + Math.min(4, Math.floor((key.length - known.length) / 3)));
}

export type Caller = { org: Org; key: Key };

function invalidKey(message: string): Refusal {
  return new Refusal("invalid_api_key", message, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** The key that was sent, as it stands; `undefined` where the header is missing or malformed. */
export function readSentKey(authorization: string | null): string | undefined {
  return /^bearer +([!-~]+)$/i.exec(authorization?.trim() ?? "")?.[1];
}

/** The org of the key that was sent, whether it may still be used or not; `null` for a key nobody has. */
export function findOrgOfSentKey(authorization: string | null, store: Store): string | null {
  const sent = readSentKey(authorization);
  return sent === undefined ? null : (store.keys.byHash(hashKey(sent))?.orgId ?? null);
}

/**
 * Who calls, by the `Authorization` header. A key is looked up by its hash, so that timing tells nothing about it.
 * @throws Refusal 401
 */
export function authenticate(authorization: string | null, store: Store): Caller {
  if (authorization === null) {
    throw invalidKey("The request carries no key. Send it as the header `Authorization: Bearer onsync_pk_…`.");
  }
  const sent = readSentKey(authorization);
  if (sent === undefined) {
    throw invalidKey("The Authorization header is malformed. It must be `Authorization: Bearer onsync_pk_…`.");
  }
  const key = store.keys.byHash(hashKey(sent));
  const org = key && store.orgs.byId(key.orgId);
  if (!key || !org) throw invalidKey("The key is unknown. Generate one under Settings -> API & Webhooks.");
  if (key.revokedAt !== null)
    throw invalidKey("The key was revoked. Generate a new one under Settings -> API & Webhooks.");
  return { org, key };
}
