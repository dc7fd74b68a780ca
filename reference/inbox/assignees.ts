/** Whom a conversation is given to, as those who give it away describe them. */
import type { Assignee } from "../../src/api/index.ts";
import type { ReferenceContext } from "../context.ts";
import { invalidField } from "../http/answers.ts";

/** By id, e-mail address or name, or described. */
export type WantedAssignee =
  | string
  | { id?: string | undefined; name?: string | undefined; email?: string | null | undefined };

/**
 * A teammate of the org, by id, e-mail address or name; anybody else as they are described.
 * @param path of the field that names them, for the error
 * @throws Refusal 400 where nothing is said of them
 */
export function resolveAssignee(
  context: ReferenceContext,
  orgId: string,
  wanted: WantedAssignee,
  path: string[] = ["assignee"],
): Assignee {
  const { id, name, email } =
    typeof wanted === "string" ? { id: wanted, name: wanted, email: wanted } : { email: null, ...wanted };
  const same = (one: string | null | undefined, other: string): boolean => one?.toLowerCase() === other.toLowerCase();
  const teammate = context.store.orgs
    .teammates(orgId)
    .find((each) => each.id === id || same(email, each.email) || same(name, each.name));
  if (teammate) return typeof wanted === "string" ? teammate : { ...teammate, ...wanted };
  if (name === undefined && email == null && id === undefined) {
    throw invalidField(path, "needs at least one of id, name and email");
  }
  if (typeof wanted !== "string") {
    return { id: id ?? context.ids("user"), name: name ?? email ?? (id as string), email: email ?? null };
  }
  return { id: context.ids("user"), name: wanted, email: wanted.includes("@") ? wanted : null };
}
