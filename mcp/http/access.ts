/** Who may speak to the server: the Host and Origin of a request, and its bearer token. */
import { createHash, timingSafeEqual } from "node:crypto";

/** The name in a Host header or an origin, without the port; `null` where it is not one. */
export const hostName = (host: string): string | null => {
  const url = /^[\w.:[\]-]+$/.test(host) && URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : null;
  return url && url.pathname === "/" ? url.hostname.toLowerCase() : null;
};

export const isLoopback = (name: string): boolean =>
  name === "localhost" || name === "[::1]" || name === "::1" || /^127(\.\d{1,3}){3}$/.test(name);

/** Addresses that stand for all of the machine's: no name a client uses can be told from them. */
export const isWildcard = (host: string): boolean => ["0.0.0.0", "::", "[::]", ""].includes(host);

/**
 * Whether a request may name this host. A page that has its own name resolve to 127.0.0.1 (DNS rebinding) still names
 * itself in the Host header.
 *
 * @param allowed names the operator allows, with or without a port; where none are given, loopback and `listening`
 */
export const hostAllowed = (
  host: string,
  allowed: readonly string[] | undefined,
  listening: string | undefined,
): boolean => {
  const name = hostName(host);
  if (name === null) return false;
  if (allowed)
    return allowed.some((entry) => entry.toLowerCase() === host.toLowerCase() || entry.toLowerCase() === name);
  if (isLoopback(name)) return true;
  // On all addresses the server cannot know its names; the bearer token, mandatory there, is what a page lacks.
  return listening !== undefined && (isWildcard(listening) || hostName(listening) === name);
};

/** Whether a browser's page of this origin may call. Without an Origin header no page is calling. */
export const originAllowed = (origin: string, allowed: readonly string[] | undefined): boolean => {
  if (allowed) return allowed.includes(origin);
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && isLoopback(new URL(origin).hostname);
};

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Compares the token of an Authorization header in constant time, whatever the lengths. */
export const bearerMatches = (authorization: string | null, token: string): boolean => {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(token)) && given !== "";
};
