/**
 * Where an agent may have events sent: https and public addresses only, unless the operator allows a host. Whoever
 * receives a webhook reads every customer's messages. Names are judged as written: what they resolve to is OnSync's to
 * check, which makes the request.
 */
import { BlockList, isIP } from "node:net";

const reserved = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  reserved.addSubnet(network, prefix, "ipv4");

/** Global unicast is 2000::/3; what in it leads elsewhere or nowhere. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");
const reservedV6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  reservedV6.addSubnet(network, prefix, "ipv6");

const isPublicAddress = (address: string): boolean =>
  isIP(address) === 4
    ? !reserved.check(address, "ipv4")
    : globalUnicast.check(address, "ipv6") && !reservedV6.check(address, "ipv6");

const localName = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|test|invalid)$/;

/** Why the address is refused, in one sentence; `undefined`: it may be used. */
export const refusedWebhookUrl = (url: string, allowedHosts: readonly string[] = []): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, host, username, password } = new URL(url);
  if (username !== "" || password !== "") return "url must not carry a user name or password.";
  if (allowedHosts.some((allowed) => [hostname, host].includes(allowed.toLowerCase()))) return undefined;
  if (protocol !== "https:") return "url must be an https address: events carry customers' messages.";
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const isPublic = isIP(name) === 0 ? name.includes(".") && !localName.test(name) : isPublicAddress(name);
  return isPublic ? undefined : `url must lead to a public host, and ${name} is not one. The operator can allow it.`;
};
