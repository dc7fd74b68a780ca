/** Which hosts are this machine alone, as written in a Host header, a URL, an option or a connection's address. */

/** Whether a name or an address is this machine's own loopback; an IPv6 address may stand in brackets. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase();
  return ["localhost", "::1", "[::1]"].includes(name) || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name);
}

/** Addresses that stand for all of the machine's. */
export function isWildcard(host: string): boolean {
  return ["0.0.0.0", "::", "[::]", ""].includes(host);
}

/** The name in a Host header, without the port, as a URL would write it; `null` where it is not one. */
export function hostName(host: string): string | null {
  const url = /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return url && url.pathname === "/" ? url.hostname.toLowerCase() : null;
}
