/** The options of a client and of a call, and what they must be. */
import { defaultBaseUrl } from "../api/values/base-url.ts";
import { isLoopback } from "../http/loopback.ts";
import type { Clock } from "./clock.ts";
import { createOptionError } from "./errors/option-error.ts";
import type { Hooks } from "./hooks.ts";
import type { SendLedger } from "./ledger/ledger.ts";
import { fetchTransport } from "./transport/fetch.ts";
import type { Transport } from "./transport/transport.ts";

export type OnSyncOptions = Hooks & {
  /** From Settings → API & Webhooks. It is sent to the base URL's host alone and appears in no error, hook or URL. */
  apiKey: string;
  /** Default `https://api.onsync.com/v1`. https, or http on loopback. */
  baseUrl?: string | undefined;
  /** What carries the requests. Default: the platform's own `fetch`. In Node `undiciTransport()` costs less and knows proxies. */
  transport?: Transport | undefined;
  /** Total for one call, its retries included, in milliseconds. Default 30,000. */
  deadlineMs?: number | undefined;
  /** Default 4. */
  maxAttempts?: number | undefined;
  /** What the server asks to wait is waited for up to this, in milliseconds; a longer wait is an error at once. Default: what fits into the deadline. */
  maxRetryAfterMs?: number | undefined;
  clock?: Clock | undefined;
  /** Jitter: from 0 up to 1. Default `Math.random`. */
  random?: (() => number) | undefined;
  /** Makes the clientReference of a send. Default `crypto.randomUUID`. */
  uuid?: (() => string) | undefined;
  userAgent?: string | undefined;
  /**
   * Notes each send before it leaves, so that a replay never sends it twice. Default: in memory, which knows of this
   * client's sends alone; processes that may send under the same references share a file or a Redis
   * (`./client/ledger`).
   */
  ledger?: SendLedger | undefined;
  /** Whose references they are, where one ledger serves several orgs: the org's id. Default: the base URL. */
  ledgerScope?: string | undefined;
  /**
   * How many of a conversation's latest messages are looked at before a send under a `clientReference` of which the ledger
   * knows nothing. Default 1,000. (What may have been sent is looked for among as many in any case.)
   */
  historyDepth?: number | undefined;
  /** Bytes of an answer that are read at most. Default 10 MiB: what is longer is an error. */
  maxAnswerBytes?: number | undefined;
};

export type CallOptions = {
  /** Gives up when aborted: the call rejects with the signal's reason (a send that may have left: `UnknownOutcomeError`). */
  signal?: AbortSignal | undefined;
  /** For this call, in place of the client's. */
  deadlineMs?: number | undefined;
};

export type SendOptions = CallOptions & {
  /**
   * Makes the send repeatable: where the message was sent under this reference already, that message is the answer
   * (`alreadySent: true`) and nothing is sent. A text of 1 to 200 characters, unique to the message, taken exactly as
   * given; it is sent as `metadata.clientReference`.
   */
  clientReference?: string | undefined;
};

/** The URL as the client uses it: checked, without a slash at the end. @throws ValidationError */
export function parseBaseUrl(value: string): string {
  if (!URL.canParse(value)) throw createOptionError("baseUrl", `must be a URL, such as ${defaultBaseUrl}`);
  const url = new URL(value);
  if (url.username || url.password || url.search || url.hash)
    throw createOptionError("baseUrl", `must carry no credentials, query or hash: write it like ${defaultBaseUrl}`);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))
    throw createOptionError(
      "baseUrl",
      "must be an https:// address (http:// is for this machine only), to keep the key safe",
    );
  let path = url.pathname;
  while (path.endsWith("/")) path = path.slice(0, -1);
  return url.origin + path;
}

// Keys are not rejected by their shape, only where HTTP could not carry them. White space around one is a slip of copying.
export function parseApiKey(value: unknown): string {
  const key = typeof value === "string" ? value.trim() : "";
  if (key === "")
    throw createOptionError("apiKey", "must not be empty: generate a key under Settings → API & Webhooks");
  if (!/^[\x21-\x7e]+$/.test(key))
    throw createOptionError(
      "apiKey",
      "has characters that no key has (spaces, line breaks or letters with accents): copy it again",
    );
  return key;
}

export function parseDeadline(value: number): number {
  if (typeof value !== "number" || !(value > 0))
    throw createOptionError("deadlineMs", "must be a positive number of milliseconds");
  return value;
}

export function parseMaxAttempts(value: number): number {
  if (!Number.isInteger(value) || value < 1) throw createOptionError("maxAttempts", "must be a whole number from 1");
  return value;
}

export function parseMaxRetryAfter(value: number): number {
  if (typeof value !== "number" || !(value >= 0))
    throw createOptionError("maxRetryAfterMs", "must be a number of milliseconds from 0");
  return value;
}

export function parseTransport(value: Transport | undefined): Transport {
  if (value === undefined && typeof globalThis.fetch === "function") return fetchTransport((request) => fetch(request));
  if (typeof value !== "function")
    throw createOptionError("transport", "must be a function, such as undiciTransport() or fetchTransport(fetch)");
  return value;
}

export function parseUserAgent(value: string): string {
  if (!/^[\x20-\x7e]+$/.test(value)) throw createOptionError("userAgent", "must be one line of ASCII text");
  return value;
}

export function parseMaxAnswerBytes(value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw createOptionError("maxAnswerBytes", "must be a whole number of bytes from 1");
  return value;
}

export function parseHistoryDepth(value: number): number {
  if (!Number.isInteger(value) || value < 1)
    throw createOptionError("historyDepth", "must be a whole number of messages from 1");
  return value;
}

export function parseLedgerScope(value: string): string {
  if (typeof value !== "string" || value.trim() === "")
    throw createOptionError("ledgerScope", "must be a text that is not blank, such as the org's id");
  return value;
}
