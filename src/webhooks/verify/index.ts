/**
 * The signature of webhook deliveries, verified by WebCrypto (package entry `./webhooks/verify`): for Node, Bun, Deno,
 * browsers and the edge, without a dependency.
 *
 * @example
 * const verify = createVerifier(process.env.ONSYNC_WEBHOOK_SECRET);
 * export async function POST(request: Request) {
 *   const event = await verify(request);
 *   return new Response();
 * }
 */
import type { Event } from "../../api/index.ts";
import { type HeaderValue, parseSignature } from "../../api/signature-format.ts";
import { createSignatureError, readEvent } from "../receiver/event.ts";
import { type Delivery, readRawBody } from "./raw-body.ts";

export type { Event, EventPayload, EventType } from "../../api/index.ts";
export { type HeaderValue, signatureHeader } from "../../api/signature-format.ts";
export { SignatureError } from "../../client/errors/call-errors.ts";
export { MalformedEventError } from "../receiver/event.ts";
export type { Delivery, WebRequest } from "./raw-body.ts";

export type VerifierOptions = {
  /**
   * Refuses events that were created longer ago, in milliseconds (`EventTooOldError`). OnSync signs no time but the
   * `createdAt` within the body, and delivers late after a failure or a pause: leave room for both. Default: any age.
   */
  maxAgeMs?: number | undefined;
  /** Milliseconds since 1970. Default `Date.now`. */
  now?: (() => number) | undefined;
};

/**
 * Verifies a delivery and gives its event. Unknown keys and event types pass: OnSync may add some.
 *
 * @param delivery the Request of Fetch, whose body is read here; or the raw body, as text or bytes
 * @param header the value of `X-OnSync-Signature`; left out with a Request, which has it
 * @throws SignatureError when the signature does not verify: answer 401
 * @throws MalformedEventError when the body is verified and still no event: answer 400
 * @throws EventTooOldError when it is older than `maxAgeMs`: answer 422
 * @throws TypeError when what is given is no raw body, or one that was read before
 */
export type Verify = (delivery: Delivery, header?: HeaderValue) => Promise<Event>;

/** A verified event that is older than the verifier takes. */
export class EventTooOldError extends Error {
  override readonly name = "EventTooOldError";
}

type Secret = string | undefined;

/**
 * @param secrets the endpoint's secret, or several while one is rotated: one that matches is enough. Those that are not set
 *   are left out
 * @throws TypeError when none is set, so that a missing variable is noticed at start and not with the first delivery
 */
export function createVerifier(
  secrets: Secret | readonly Secret[],
  { maxAgeMs, now = Date.now }: VerifierOptions = {},
): Verify {
  const list = parseSecrets(secrets);
  if (maxAgeMs !== undefined && !(maxAgeMs > 0))
    throw new TypeError("createVerifier: maxAgeMs must be a positive number of milliseconds");
  // WebCrypto is there from Node 20 on without being asked for.
  const subtle = globalThis.crypto?.subtle;
  if (!subtle)
    throw new TypeError("createVerifier: there is no WebCrypto here (crypto.subtle): Node has it from 20 on");
  const importKeys = () =>
    Promise.all(
      list.map((secret) =>
        subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]),
      ),
    );
  // Made with the first delivery: some platforms allow no work outside a request.
  let keys: ReturnType<typeof importKeys> | undefined;

  return async (delivery, given) => {
    const { bytes, text, header } = await readRawBody(delivery, given);
    const signature = parseHex(parseSignature(header));
    // Each secret is tried, whichever matches; WebCrypto compares in constant time.
    keys ??= importKeys();
    const matches =
      signature && (await Promise.all((await keys).map((key) => subtle.verify("HMAC", key, signature, bytes))));
    if (!matches?.includes(true)) throw createSignatureError(header, list);
    const event = readEvent(text ?? bytes);
    if (maxAgeMs !== undefined && now() - Date.parse(event.createdAt) > maxAgeMs)
      throw new EventTooOldError(`The event is older than ${maxAgeMs / 1000} seconds by its createdAt.`);
    return event;
  };
}

function parseSecrets(secrets: Secret | readonly Secret[]): string[] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  if (!list.every((each) => each === undefined || typeof each === "string"))
    throw new TypeError("createVerifier: a secret must be a text, as OnSync shows it");
  const set = list.filter((each): each is string => typeof each === "string" && each.trim() !== "");
  if (set.length === 0)
    throw new TypeError(
      "createVerifier: no secret is set: give the endpoint's secret, and check that the variable it comes from is there (ONSYNC_WEBHOOK_SECRET, say)",
    );
  return set;
}

function parseHex(hex: string | undefined): Uint8Array<ArrayBuffer> | undefined {
  return hex === undefined
    ? undefined
    : Uint8Array.from({ length: hex.length / 2 }, (_, index) =>
        Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16),
      );
}
