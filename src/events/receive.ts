/** From a delivery's raw body to a typed event: verify first, parse then. */
import type { Event } from "../api/index.ts";
import { SignatureError } from "../client/errors.ts";
import { verifySignature } from "./signature.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Why a verified body is not an event that can be handled. */
export class MalformedEventError extends Error {
  override readonly name = "MalformedEventError";
}

/**
 * Verifies a delivery and gives its event. Unknown keys and event types pass: OnSync may add some.
 *
 * @param rawBody the request's body as it arrived
 * @param header the value of `X-OnSync-Signature`
 * @param secrets one or more endpoint secrets, newest first
 * @throws SignatureError when the signature does not verify: answer 401
 * @throws MalformedEventError when the body is verified and still no event: answer 400
 */
export const parseEvent = (
  rawBody: string | Uint8Array,
  header: string | readonly string[] | null | undefined,
  secrets: string | readonly string[],
): Event => {
  if (!verifySignature(rawBody, header, secrets)) {
    const list = typeof secrets === "string" ? [secrets] : secrets;
    const hints = [
      header ? null : "the X-OnSync-Signature header is missing",
      list.some((secret) => secret !== secret.trim()) ? "a secret begins or ends with white space" : null,
    ].filter((hint) => hint !== null);
    throw new SignatureError(
      `The delivery's signature does not verify${hints.length > 0 ? `: ${hints.join(", and ")}` : ""}.`,
    );
  }
  let event: Partial<Event> | null;
  try {
    event = JSON.parse(typeof rawBody === "string" ? rawBody : decoder.decode(rawBody));
  } catch {
    throw new MalformedEventError("The delivery's body is not JSON.");
  }
  for (const field of ["id", "type", "createdAt"] as const) {
    if (typeof event?.[field] !== "string") throw new MalformedEventError(`The delivery's body has no ${field}.`);
  }
  if (typeof event?.data !== "object" || event.data === null)
    throw new MalformedEventError("The delivery's body has no data.");
  return event as Event;
};
