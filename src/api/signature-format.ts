/**
 * How a webhook delivery is signed: `X-OnSync-Signature` is the hex HMAC-SHA256 of the raw body, keyed with the endpoint's
 * secret (docs/onsync-api.txt, "Webhook delivery notes"). For Node it is computed in `signature.ts`, elsewhere by
 * WebCrypto (`src/webhooks/verify`).
 */

/** The header that carries the signature. Compare names case-insensitively. */
export const signatureHeader = "X-OnSync-Signature";

/** A header as servers give it; a list where it may come more than once. */
export type HeaderValue = string | readonly string[] | null | undefined;

/** The hex of a signature: bare or after `sha256=`, in either case. `undefined` where the header is none, or is there twice. */
export function parseSignature(header: HeaderValue): string | undefined {
  const value = typeof header === "string" ? header : header?.length === 1 ? header[0] : undefined;
  return /^(?:sha256=)?([0-9a-f]{64})$/i.exec(value?.trim() ?? "")?.[1];
}

/** What to say to somebody who verifies something else than the raw body: no signature would ever match it. */
export function describeBodyMistake(body: unknown): string {
  const given =
    body === undefined || body === null
      ? "there is no body"
      : typeof body === "object"
        ? "a parsed object cannot be verified"
        : `it is a ${typeof body}`;
  return `the body must be the raw string or bytes of the request, and ${given}: keep your framework from parsing it on this route (in Express, express.raw({ type: "application/json" }) there, before any express.json())`;
}
