/** The event in a verified body, and what is said of a body that does not verify. Nothing of Node's own is needed here. */
import type { Event } from "../../api/index.ts";
import type { HeaderValue } from "../../api/signature-format.ts";
import { SignatureError } from "../../client/errors/call-errors.ts";
import { isTooDeep, maxNesting } from "../json-nesting.ts";

// A byte order mark is kept, and so is told: the body is passed on as it is, and most JSON parsers refuse one.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Why a verified body is not an event that can be handled. */
export class MalformedEventError extends Error {
  override readonly name = "MalformedEventError";
}

/**
 * Unknown keys and event types pass: OnSync may add some.
 *
 * @param rawBody verified
 * @throws MalformedEventError
 */
export function readEvent(rawBody: string | Uint8Array): Event {
  const event = parseJson(decode(rawBody));
  for (const field of ["id", "type", "createdAt"] as const) {
    if (typeof event?.[field] !== "string") throw new MalformedEventError(`The delivery's body has no ${field}.`);
  }
  for (const field of ["id", "type"] as const) {
    if (!printableAscii.test(event?.[field] as string))
      throw new MalformedEventError(
        `The delivery's ${field} must be 1 to 200 printable ASCII characters without spaces.`,
      );
  }
  if (typeof event?.data !== "object" || event.data === null)
    throw new MalformedEventError("The delivery's body has no data.");
  return event as Event;
}

/** Names the usual mistakes. */
export function createSignatureError(header: HeaderValue, secrets: readonly string[]): SignatureError {
  const hints = [
    header ? null : "the X-OnSync-Signature header is missing",
    secrets.some((secret) => secret !== secret.trim()) ? "a secret begins or ends with white space" : null,
  ].filter((hint) => hint !== null);
  return new SignatureError(
    `The delivery's signature does not verify${hints.length > 0 ? `: ${hints.join(", and ")}` : ""}.`,
  );
}

function parseJson(text: string): Partial<Event> | null {
  if (text.startsWith("\uFEFF"))
    throw new MalformedEventError("The delivery's body begins with a byte order mark: JSON has none.");
  if (isTooDeep(text)) throw new MalformedEventError(`The delivery's body is nested deeper than ${maxNesting} levels.`);
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedEventError("The delivery's body is not JSON.");
  }
}

/** What goes into headers and names as it is, so that no two ids look alike to those who get them. */
const printableAscii = /^[\x21-\x7e]{1,200}$/;

function decode(rawBody: string | Uint8Array): string {
  if (typeof rawBody === "string") return rawBody;
  try {
    return decoder.decode(rawBody);
  } catch {
    throw new MalformedEventError("The delivery's body is not JSON.");
  }
}
