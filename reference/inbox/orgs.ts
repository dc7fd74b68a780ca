/** Orgs, their teammates and their keys. */
import type { Scope } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { generateKey, hashKey, toKeyPrefix } from "../http/auth.ts";
import { createFullBucket } from "../http/rate-limit.ts";
import type { Key } from "../store/keys.ts";
import type { Org } from "../store/orgs.ts";
import { documentedTemplate } from "./templates.ts";

/** Who answers customers in an org: new conversations go to them in turn. */
const teammates = [
  { name: "Omar Nasser", email: "omar@example.com" },
  { name: "Layla Haddad", email: "layla@example.com" },
  { name: "Daniel Reyes", email: "daniel@example.com" },
];

export function createOrg(context: ReferenceContext, { name, rateLimit }: { name: string; rateLimit: number }): Org {
  const { store, ids, clock } = context;
  const createdAt = clock.now();
  const org: Org = { id: ids("org"), name, rateLimit, bucket: createFullBucket(rateLimit, createdAt), createdAt };
  store.orgs.insert(org);
  store.templates.save(org.id, documentedTemplate);
  for (const teammate of teammates) store.orgs.addTeammate(org.id, { id: ids("user"), ...teammate });
  return org;
}

/** Admits a key, a new one unless one is given. The key itself is returned and not kept. */
export function registerKey(
  { store, ids, clock }: ReferenceContext,
  orgId: string,
  scopes: readonly Scope[],
  key = generateKey(),
): Key & { key: string } {
  const stored = store.keys.save(
    { id: ids("key"), orgId, prefix: toKeyPrefix(key), scopes: [...scopes], createdAt: clock.now() },
    hashKey(key),
  );
  return { ...stored, key };
}
