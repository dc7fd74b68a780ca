/** The client's options, checked once, with their defaults. */
import { defaultBaseUrl, type EndpointName } from "../api/index.ts";
import { isLoopback } from "../http/loopback.ts";
import { type Clock, systemClock } from "./clock.ts";
import { createOptionError } from "./errors/option-error.ts";
import type { SendLedger } from "./ledger/ledger.ts";
import { createMemoryLedger } from "./ledger/memory-ledger.ts";
import type { RateLimit } from "./rate-limit.ts";
import { createRedact, type Redact } from "./redact.ts";
import { type ConversationIds, createConversationIds } from "./send/conversation-ids.ts";
import type { Turns } from "./send/mutex.ts";
import type { Transport } from "./transport/transport.ts";

export type RequestEvent = {
  method: string;
  /** Below the base URL, without the query. */
  path: string;
  /** 1 for the first. */
  attempt: number;
};
export type ResponseEvent = RequestEvent & {
  /** `null` when no answer came: `error` says why. */
  status: number | null;
  requestId: string | undefined;
  durationMs: number;
  rateLimit: RateLimit | null;
  /** Name of the error the attempt ended in, `null` where it succeeded. */
  error: string | null;
};
export type DriftEvent = {
  endpoint: EndpointName;
  requestId: string | undefined;
  /** Where the answer differs from the schema, without the values. */
  issues: readonly { path: readonly PropertyKey[]; code: string; message: string }[];
};

/** Told, never asked: what a hook throws is ignored. No event carries the key or a query. */
export type Hooks = {
  onRequest?: ((event: RequestEvent) => void) | undefined;
  onResponse?: ((event: ResponseEvent) => void) | undefined;
  /** An answer differs from the documented shape. The data is passed through as it came. */
  onDrift?: ((event: DriftEvent) => void) | undefined;
  /** How a send ended could not be noted in the ledger: its entry will read `unknown` until it is settled. */
  onLedgerError?: ((error: unknown) => void) | undefined;
};

export type OnSyncOptions = Hooks & {
  /** From Settings → API & Webhooks. It is sent to the base URL's host alone and appears in no error, hook or URL. */
  apiKey: string;
  /** Default `https://api.onsync.com/v1`. https, or http on loopback. */
  baseUrl?: string | undefined;
  transport: Transport;
  /** Total for one call, its retries included, in milliseconds. Default 30,000. */
  deadlineMs?: number | undefined;
  /** Default 4. */
  maxAttempts?: number | undefined;
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
  /** Bytes of an answer that are read at most. Default 10 MiB: what is longer is an error. */
  maxAnswerBytes?: number | undefined;
};

export type CallOptions = {
  /** Gives up when aborted: the call rejects with the signal's reason (a send that may have left: `UnknownOutcomeError`). */
  signal?: AbortSignal | undefined;
  /** For this call, in place of the client's. */
  deadlineMs?: number | undefined;
};

export type ClientContext = {
  /** Without a slash at the end. */
  baseUrl: string;
  headers: Readonly<Record<string, string>>;
  transport: Transport;
  deadlineMs: number;
  maxAttempts: number;
  clock: Clock;
  random: () => number;
  uuid: () => string;
  hooks: Hooks;
  redact: Redact;
  /** What the answers so far told. */
  learned: {
    rateLimit: RateLimit | null;
    /** The largest page of history this server gives: 100, or 50 where it refused 100. */
    maxHistoryPage: number;
    /** Whether the history has shown a clientReference: then it leaves none out. */
    showsReferences: boolean;
  };
  maxAnswerBytes: number;
  ledger: SendLedger;
  ledgerScope: string;
  conversationIds: ConversationIds;
  /** Sends under the caller's references. */
  mutex: Turns;
  /** Which message is being sent under a reference, by its fingerprint. */
  sendsInFlight: Map<string, string>;
};

const defaultMaxAnswerBytes = 10 * 1024 * 1024;

/** The URL as the client uses it: checked, without a slash at the end. @throws ValidationError */
export function readBaseUrl(value: string): string {
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
function readApiKey(value: unknown): string {
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

export function readDeadline(value: number): number {
  if (typeof value !== "number" || !(value > 0))
    throw createOptionError("deadlineMs", "must be a positive number of milliseconds");
  return value;
}

export function createContext(options: OnSyncOptions): ClientContext {
  const apiKey = readApiKey(options.apiKey);
  const maxAttempts = options.maxAttempts ?? 4;
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1)
    throw createOptionError("maxAttempts", "must be a whole number from 1");
  if (typeof options.transport !== "function")
    throw createOptionError("transport", "must be a function, such as undiciTransport() or fetchTransport(fetch)");
  const userAgent = options.userAgent ?? "onsync-automation";
  if (!/^[\x20-\x7e]+$/.test(userAgent)) throw createOptionError("userAgent", "must be one line of ASCII text");
  const baseUrl = readBaseUrl(options.baseUrl ?? defaultBaseUrl);
  const clock = options.clock ?? systemClock;
  const maxAnswerBytes = options.maxAnswerBytes ?? defaultMaxAnswerBytes;
  if (!Number.isInteger(maxAnswerBytes) || maxAnswerBytes < 1)
    throw createOptionError("maxAnswerBytes", "must be a whole number of bytes from 1");
  const ledgerScope = options.ledgerScope ?? baseUrl;
  if (typeof ledgerScope !== "string" || ledgerScope.trim() === "")
    throw createOptionError("ledgerScope", "must be a text that is not blank, such as the org's id");
  return {
    baseUrl,
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: "application/json",
      "user-agent": userAgent,
    },
    transport: options.transport,
    deadlineMs: readDeadline(options.deadlineMs ?? 30_000),
    maxAttempts,
    clock,
    random: options.random ?? Math.random,
    uuid: options.uuid ?? (() => crypto.randomUUID()),
    hooks: {
      onRequest: options.onRequest,
      onResponse: options.onResponse,
      onDrift: options.onDrift,
      onLedgerError: options.onLedgerError,
    },
    redact: createRedact(apiKey),
    learned: { rateLimit: null, maxHistoryPage: 100, showsReferences: false },
    maxAnswerBytes,
    ledger: options.ledger ?? createMemoryLedger({ clock }),
    ledgerScope,
    conversationIds: createConversationIds(),
    mutex: new Map(),
    sendsInFlight: new Map(),
  };
}
