/**
 * Who may speak to a server on this machine, by the Host and Origin of a request: one rule for all servers here. A page
 * that has its own name resolve to 127.0.0.1 (DNS rebinding) still names itself in the Host header, and a page that
 * calls another origin in the Origin header; neither can leave that out.
 */
import { isLoopback, isWildcard, parseHostName, toUrlHost } from "./loopback.ts";

export type AccessRule = {
  /**
   * The names that a request may give the server, with or without a port; `"any"` where what it asks for (a signature)
   * is nothing a page can have. Default: the loopback's and {@link AccessRule.listening}.
   */
  hosts?: readonly string[] | "any" | undefined;
  /** The address listened on; `undefined`: the loopback. */
  listening?: string | undefined;
  /**
   * Further names of a server whose key may be known to a page. On all addresses it takes these, addresses, and names
   * without a dot, which nobody elsewhere can own. Without the list any name will do there: a server cannot know all of
   * its own, and asks for a token that a page lacks.
   */
  names?: readonly string[] | undefined;
  /** Whose pages may call: origins, or only the server's own. Default: pages of this machine. */
  origins?: readonly string[] | "own" | undefined;
};

/** Whether a request may name this host. */
export function isHostAllowed(host: string, { hosts, listening, names }: AccessRule): boolean {
  if (hosts === "any") return true;
  const name = parseHostName(host);
  if (name === null) return false;
  if (hosts)
    return hosts.map((entry) => entry.toLowerCase()).some((entry) => [host.toLowerCase(), name].includes(entry));
  if (isLoopback(name)) return true;
  if (listening === undefined) return false;
  if (names?.some((each) => each.toLowerCase() === name)) return true;
  if (isWildcard(listening)) return names === undefined || !name.includes(".") || isAddress(name);
  return parseHostName(toUrlHost(listening)) === name;
}

/** Whether a page of this origin may call. */
export function isOriginAllowed(origin: string, { origins }: AccessRule, own: string): boolean {
  if (origins === "own") return origin === own;
  if (origins) return origins.includes(origin);
  const url = URL.parse(origin);
  return url !== null && /^https?:$/.test(url.protocol) && isLoopback(url.hostname);
}

/** What of a request says who asks: a `Request`, or what stands for one. */
export type CheckedRequest = { url: string; headers: Pick<Headers, "get"> };

/** What in a request is refused; `undefined`: it may pass. */
export function findRefusedHeader(request: CheckedRequest, rule: AccessRule): "Host" | "Origin" | undefined {
  // Servers put it together of what was sent: with a Host header such as `1.2.3.4.5` it is no address.
  const url = URL.parse(request.url);
  if (!url || !isHostAllowed(request.headers.get("host") ?? url.host, rule)) return "Host";
  // A request's target may be a whole address, which does not stand in for the header, nor the header for it.
  if (!isLoopback(url.hostname) && !isHostAllowed(url.host, rule)) return "Host";
  const origin = request.headers.get("origin");
  return origin !== null && !isOriginAllowed(origin, rule, url.origin) ? "Origin" : undefined;
}

/** As a URL writes one: four numbers, or in brackets. */
function isAddress(name: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(name) || name.startsWith("[");
}
