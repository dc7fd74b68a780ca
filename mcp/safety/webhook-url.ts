/**
 * Where an agent may have events sent: https and public addresses only, unless the operator allows a host. Whoever
 * receives a webhook reads every customer's messages. Names are judged as written: what they resolve to is OnSync's to
 * check, which makes the request.
 */
import { isIP } from "node:net";
import { classifyAddress } from "../../src/http/addresses.ts";

const localHostname = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|test|invalid)$/;

/** Why the address is refused, in one sentence; `undefined`: it may be used. */
export function findWebhookUrlProblem(url: string, allowedHosts: readonly string[] = []): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== "" || password !== "") return "url must not carry a user name or password.";
  if (isAllowedHost(url, allowedHosts)) return undefined;
  if (protocol !== "https:") return "url must be an https address: events carry customers' messages.";
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const isPublic =
    isIP(name) === 0 ? name.includes(".") && !localHostname.test(name) : classifyAddress(name) === "public";
  return isPublic ? undefined : `url must lead to a public host, and ${name} is not one. The operator can allow it.`;
}

/** Whether the operator allows the host of an address by name, with its port or without. */
export function isAllowedHost(url: string, allowedHosts: readonly string[]): boolean {
  const { hostname, host } = new URL(url);
  return allowedHosts.some((allowed) => [hostname, host].includes(allowed.toLowerCase()));
}
