/** Which endpoints beyond the API's documentation this OnSync serves, and what changes where it does not. */
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import type { Check } from "./check.ts";

type Serves = "yes" | "no" | "cannot tell";

async function serves(call: () => Promise<unknown>): Promise<Serves> {
  try {
    await call();
    return "yes";
  } catch (error) {
    if (isErrorNamed(error, "ExtensionUnavailableError")) return "no";
    if (isErrorNamed(error, "PermissionError")) return "cannot tell";
    throw error;
  }
}

const withoutIt: Record<string, string> = {
  "GET /me": "Account name, scopes and limit cannot be shown; everything else works.",
  "GET /contacts":
    "Find contacts by contact id only: search by phone, e-mail, external id or words needs this endpoint.",
  "GET /conversations": "Give the conversation id yourself (platform:address, such as whatsapp:+971500000000).",
  "GET /templates": "Give the template's name and language yourself, as they stand in OnSync.",
};

/**
 * @param hasAccount whether `GET /me` answered
 */
export async function extensionChecks(
  onsync: OnSync,
  hasAccount: boolean,
  options: { signal?: AbortSignal },
): Promise<Check[]> {
  const found: Record<string, Serves> = {
    "GET /me": hasAccount ? "yes" : "no",
    "GET /contacts": await serves(() => onsync.contacts.list({ limit: 1 }, options)),
    "GET /conversations": await serves(() => onsync.conversations.list({ limit: 1 }, options)),
    "GET /templates": await serves(() => onsync.templates.list({}, options)),
  };
  const named = (answer: Serves) => Object.keys(found).filter((endpoint) => found[endpoint] === answer);
  const [served, absent, hidden] = [named("yes"), named("no"), named("cannot tell")];
  return [
    ...(served.length > 0
      ? [{ name: "extensions", status: "ok", found: `served: ${served.join(", ")}` } as const]
      : []),
    ...(hidden.length > 0
      ? [
          {
            name: "extensions",
            status: "warning",
            found: `${hidden.join(", ")}: the key lacks the scope to see`,
            advice: "Grant the scopes above and run this again, if you need them.",
          } as const,
        ]
      : []),
    ...absent.map(
      (endpoint) =>
        ({
          name: "extensions",
          status: "warning",
          found: `${endpoint} is not served`,
          advice: withoutIt[endpoint] ?? "",
        }) as const,
    ),
  ];
}
