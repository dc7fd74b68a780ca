/** The signature of a webhook delivery, made and verified with Node's own cryptography. */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import { describeBodyMistake, type HeaderValue, parseSignature } from "./signature-format.ts";

export { signatureHeader } from "./signature-format.ts";

// Making a key costs five times what the HMAC itself does, and a receiver has a handful of secrets: they are kept.
const keys = new Map<string, KeyObject>();
const maxKeys = 100;

function getKey(secret: string): KeyObject {
  let key = keys.get(secret);
  if (!key) {
    if (keys.size >= maxKeys) keys.delete(keys.keys().next().value as string);
    key = createSecretKey(secret, "utf8");
    keys.set(secret, key);
  }
  return key;
}

function hmac(rawBody: string | Uint8Array, secret: string): Buffer {
  return createHmac("sha256", getKey(secret)).update(rawBody).digest();
}

/**
 * Signs a body as OnSync does, in lower-case hex: for tests of your own receiver.
 *
 * @throws TypeError when the secret is empty.
 */
export function signPayload(rawBody: string | Uint8Array, secret: string): string {
  if (secret === "") throw new TypeError("signPayload: the secret is empty; give the endpoint's secret");
  return hmac(rawBody, secret).toString("hex");
}

/**
 * Tells whether a delivery comes from OnSync. Verify before parsing: the signature covers the raw bytes.
 *
 * Accepts bare hex and `sha256=` + hex, in upper or lower case. Several secrets may be given (rotation: newest first);
 * one that matches is enough. Every secret is tried, each compared in constant time.
 *
 * @param rawBody the request's body as it arrived, before any parser touched it
 * @param header the value of `X-OnSync-Signature`; missing or malformed gives `false`
 * @param secrets one or more endpoint secrets
 * @throws TypeError when a parsed body is passed, or no secret: mistakes of the caller's, which would refuse every delivery
 */
export function verifySignature(
  rawBody: string | Uint8Array,
  header: HeaderValue,
  secrets: string | readonly string[],
): boolean {
  if (typeof rawBody !== "string" && !(rawBody instanceof Uint8Array)) {
    throw new TypeError(`verifySignature: ${describeBodyMistake(rawBody)}`);
  }
  const list = (typeof secrets === "string" ? [secrets] : secrets).filter((secret) => secret !== "");
  if (list.length === 0)
    throw new TypeError("verifySignature: no secret given; pass the endpoint's secret, or several while rotating");

  const hex = parseSignature(header);
  if (hex === undefined) return false;

  const received = Buffer.from(hex, "hex");
  let matches = false;
  for (const secret of list) matches = timingSafeEqual(received, hmac(rawBody, secret)) || matches;
  return matches;
}
