/** A bearer token: shown in the Authorization header, compared in constant time. */
// By name `hash` would end a Node that is too old before it is told so.
import crypto, { timingSafeEqual } from "node:crypto";

/** Whether an Authorization header carries the token, whatever the lengths. */
export function hasBearerToken(authorization: string | null, token: string): boolean {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "";
  return isSameToken(given, token);
}

/** Compared in constant time, whatever the lengths; nothing is no token. */
export function isSameToken(given: string, token: string): boolean {
  return timingSafeEqual(hashToken(given), hashToken(token)) && given !== "";
}

function hashToken(text: string): Buffer {
  return crypto.hash("sha256", text, "buffer");
}
