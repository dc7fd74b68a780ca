/** Who calls, by the `Authorization` header, and what their key may do. */
import type { Endpoint } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { hashKey } from "../inbox/keys.ts";
import type { Store } from "../store/index.ts";
import type { Key } from "../store/keys.ts";
import type { Org } from "../store/orgs.ts";
import { Refusal } from "./answers.ts";
import { chargeRequest } from "./rate-limit.ts";

export type Caller = { org: Org; key: Key };

/** The key that was sent, as it stands; `undefined` where the header is missing or malformed. */
export function readSentKey(authorization: string | null): string | undefined {
  return /^bearer +([!-~]+)$/i.exec(authorization?.trim() ?? "")?.[1];
}

/** The key that was sent, whether it may still be used or not; `undefined` for one nobody has. */
export function findSentKey(authorization: string | null, store: Store): Key | undefined {
  const sent = readSentKey(authorization);
  return sent === undefined ? undefined : store.keys.byHash(hashKey(sent));
}

/** Of each connection the header that its latest request had, and the hash of the key in it. */
const latestHashes = new WeakMap<object, { authorization: string; hash: string }>();

/**
 * The hash of the key in a header, which a client sends again with each request of its connection. What it sends is compared
 * with what it sent itself, so that timing tells it nothing new; whose key it is, and whether it still is one, is looked up
 * each time.
 */
function hashSentKey(authorization: string, sent: string, connection: object | undefined): string {
  const latest = connection && latestHashes.get(connection);
  if (latest?.authorization === authorization) return latest.hash;
  const hash = hashKey(sent);
  if (connection) latestHashes.set(connection, { authorization, hash });
  return hash;
}

/**
 * A key is looked up by its hash, so that timing tells nothing about it. A revoked key may do nothing, but whose it was is
 * known: what it is answered counts for that org, as every 4xx does.
 * @param connection that the header came by, where it did
 * @throws Refusal 401
 */
export function authenticate(
  authorization: string | null,
  context: ReferenceContext,
  connection?: object | undefined,
): Caller {
  if (authorization === null) {
    throw invalidKey("The request carries no key. Send it as the header `Authorization: Bearer onsync_pk_…`.");
  }
  const sent = readSentKey(authorization);
  if (sent === undefined) {
    throw invalidKey("The Authorization header is malformed. It must be `Authorization: Bearer onsync_pk_…`.");
  }
  return admitKey(context.store.keys.byHash(hashSentKey(authorization, sent, connection)), context);
}

/**
 * Who calls with a key that is known.
 * @throws Refusal 401
 */
export function admitKey(key: Key | undefined, context: ReferenceContext): Caller {
  const org = key && context.store.orgs.byId(key.orgId);
  if (!key || !org) throw invalidKey("The key is unknown. Generate one under Settings -> API & Webhooks.");
  if (key.revokedAt !== null) {
    chargeRequest(context, org);
    throw invalidKey("The key was revoked. Generate a new one under Settings -> API & Webhooks.");
  }
  context.store.keys.noteUse(key, context.clock.now());
  return { org, key };
}

function invalidKey(message: string): Refusal {
  return new Refusal("invalid_api_key", message, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** @throws Refusal 403 where the key lacks the endpoint's scope */
export function requireScope({ key }: Caller, { scope }: Endpoint): void {
  if (scope === null || key.scopes.includes(scope)) return;
  throw new Refusal("insufficient_scope", `The key lacks the scope ${scope}. Edit the key in the UI to grant it.`, {
    details: [{ path: ["scope"], code: "insufficient_scope", message: `needs ${scope}`, scope }],
  });
}
