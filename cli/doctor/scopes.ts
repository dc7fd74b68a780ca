/** What the key may do. */
import { type Scope, scopes } from "../../src/api/index.ts";
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import { allOperations } from "../../src/operations/index.ts";
import type { Check } from "./check.ts";

const settings = "Settings → API & Webhooks in OnSync";

function listOperationsOfScope(scope: string): string {
  return allOperations
    .filter((operation) => operation.scope === scope)
    .map(({ name }) => name)
    .join(", ");
}

function createMissingCheck(granted: string, missing: readonly Scope[]): Check {
  return {
    name: "scopes",
    status: "warning",
    found: `${granted}; without ${missing.join(", ")}`,
    advice: `Grant what you need under ${settings}: ${missing.map((scope) => `${scope} (${listOperationsOfScope(scope)})`).join("; ")}.`,
  };
}

/** By the list that `GET /me` gives. */
export function checkScopes(granted: readonly string[]): Check {
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length > 0) return createMissingCheck(granted.join(", ") || "none", missing);
  return { name: "scopes", status: "ok", found: `all: ${granted.join(", ")}` };
}

/** Whether the key may make a read: what is read does not exist, so a 404 proves the scope as an answer does. */
async function mayRead(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
  } catch (error) {
    if (isErrorNamed(error, "PermissionError")) return false;
    if (!isErrorNamed(error, "NotFoundError") && !isErrorNamed(error, "ValidationError")) throw error;
  }
  return true;
}

/**
 * Without `GET /me`: the read scopes by trying, the write scopes not at all, for that would write.
 *
 * @param listed what `GET /webhooks` came to, which is asked for anyway
 */
export async function probeScopes(
  onsync: OnSync,
  listed: Promise<unknown>,
  options: { signal?: AbortSignal },
): Promise<Check> {
  const probes = {
    "read:contacts": () => onsync.contacts.get("contact_00000000000000000000000000", options),
    "read:messages": () => onsync.messages.list("whatsapp:+10000000", { limit: 1 }, options),
    "read:webhooks": () => listed,
  } satisfies Partial<Record<Scope, () => Promise<unknown>>>;
  const granted: Scope[] = [];
  const missing: Scope[] = [];
  for (const [scope, read] of Object.entries(probes)) {
    ((await mayRead(read)) ? granted : missing).push(scope as Scope);
  }
  const writes = "write scopes cannot be checked without writing";
  if (missing.length > 0) return createMissingCheck(`${granted.join(", ") || "no read scope"} (${writes})`, missing);
  return { name: "scopes", status: "ok", found: `${granted.join(", ")}; ${writes}` };
}
