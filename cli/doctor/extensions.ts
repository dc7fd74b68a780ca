/** Which endpoints beyond the API's documentation this OnSync serves, and what changes where it does not. */
import { type ExtensionName, endpoints, nameEndpoint } from "../../src/api/index.ts";
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import type { Check } from "./check.ts";

type Availability = "yes" | "no" | "cannot tell";

async function findAvailability(call: () => Promise<unknown>): Promise<Availability> {
  try {
    await call();
    return "yes";
  } catch (error) {
    if (isErrorNamed(error, "ExtensionUnavailableError")) return "no";
    if (isErrorNamed(error, "PermissionError")) return "cannot tell";
    throw error;
  }
}

type Probe = (onsync: OnSync, options: { signal?: AbortSignal }) => Promise<unknown>;

/** A read of each, in the order in which they are asked; `GET /me` was asked first of all. */
const probes: Record<Exclude<ExtensionName, "getAccount">, Probe> = {
  listContacts: (onsync, options) => onsync.contacts.list({ limit: 1 }, options),
  listConversations: (onsync, options) => onsync.conversations.list({ limit: 1 }, options),
  listTemplates: (onsync, options) => onsync.templates.list({}, options),
};

/**
 * @param hasAccount whether `GET /me` answered
 */
export async function checkExtensions(
  onsync: OnSync,
  hasAccount: boolean,
  options: { signal?: AbortSignal },
): Promise<Check[]> {
  const found: [name: ExtensionName, serves: Availability][] = [["getAccount", hasAccount ? "yes" : "no"]];
  for (const [name, probe] of Object.entries(probes) as [ExtensionName, Probe][]) {
    found.push([name, await findAvailability(() => probe(onsync, options))]);
  }
  const withAnswer = (answer: Availability) => found.filter(([, serves]) => serves === answer).map(([name]) => name);
  const [served, absent, hidden] = [withAnswer("yes"), withAnswer("no"), withAnswer("cannot tell")];
  return [
    ...(served.length > 0
      ? [{ name: "extensions", status: "ok", found: `served: ${served.map(nameEndpoint).join(", ")}` } as const]
      : []),
    ...(hidden.length > 0
      ? [
          {
            name: "extensions",
            status: "warning",
            found: `${hidden.map(nameEndpoint).join(", ")}: the key lacks the scope to see`,
            advice: "Grant the scopes above and run this again, if you need them.",
          } as const,
        ]
      : []),
    ...absent.map(
      (name) =>
        ({
          name: "extensions",
          status: "warning",
          found: `${nameEndpoint(name)} is not served`,
          advice: endpoints[name].extension.withoutIt,
        }) as const,
    ),
  ];
}
