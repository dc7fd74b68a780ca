/** From a delivery's raw body to a typed event: verify first, parse then. */
import type { Event } from "../../api/index.ts";
import { verifySignature } from "../../api/signature.ts";
import type { HeaderValue } from "../../api/signature-format.ts";
import { createSignatureError, readEvent } from "./event.ts";

/**
 * Verifies a delivery and gives its event. Unknown keys and event types pass: OnSync may add some.
 *
 * @param rawBody the request's body as it arrived
 * @param header the value of `X-OnSync-Signature`
 * @param secrets one or more endpoint secrets, newest first
 * @throws SignatureError when the signature does not verify: answer 401
 * @throws MalformedEventError when the body is verified and still no event: answer 400
 */
export function parseEvent(
  rawBody: string | Uint8Array,
  header: HeaderValue,
  secrets: string | readonly string[],
): Event {
  if (!verifySignature(rawBody, header, secrets))
    throw createSignatureError(header, typeof secrets === "string" ? [secrets] : secrets);
  return readEvent(rawBody);
}
