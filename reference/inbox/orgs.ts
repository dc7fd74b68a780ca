/** Orgs and their teammates. */
import type { ReferenceContext } from "../context.ts";
import type { Org } from "../store/orgs.ts";
import { createFullBucket } from "./budget.ts";
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
