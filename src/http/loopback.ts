/** Hosts as written in a Host header, a URL, an option or a connection's address: which are this machine alone. */

/** Whether a name or an address is this machine's own loopback; an IPv6 address may stand in brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return ["localhost", "::1", "[::1]"].includes(name) || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

/** Addresses that stand for all of the machine's. */
export function isWildcard(host: string): boolean {
  return ["0.0.0.0", "::", "[::]", ""].includes(host);
}

/** The address at which a client on this machine reaches what listens on a host. */
export function toReachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" || host === "[::]" ? "::1" : host;
}

/** A name or an address as a URL writes it: an IPv6 address stands in brackets. */
export function toUrlHost(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

/** Where a server that listens on a host and a port is reached: `http://127.0.0.1:4000`, `http://[::1]:4000`. */
export function formatOrigin(host: string, port: number): string {
  return `http://${toUrlHost(host)}:${port}`;
}

/** One request after the other gives the same. */
let latest: { host: string; name: string | null } = { host: "", name: null };

/** The name in a Host header, without the port, as a URL would write it; `null` where it is not one. */
export function parseHostName(host: string): string | null {
  if (host === latest.host) return latest.name;
  const url = /^[\w.:[\]-]+$/.test(host) ? URL.parse(`http://${host}`) : null;
  const name = url && url.pathname === "/" ? url.hostname.toLowerCase() : null;
  latest = { host, name };
  return name;
}
