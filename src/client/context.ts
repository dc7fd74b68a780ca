/** What every call of one client shares: its options with their defaults, and what it has learnt of the server. */
import { defaultBaseUrl } from "../api/values/base-url.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Hooks } from "./hooks.ts";
import type { SendLedger } from "./ledger/ledger.ts";
import { createMemoryLedger } from "./ledger/memory-ledger.ts";
import {
  type OnSyncOptions,
  parseApiKey,
  parseBaseUrl,
  parseDeadline,
  parseHistoryDepth,
  parseLedgerScope,
  parseMaxAnswerBytes,
  parseMaxAttempts,
  parseMaxRetryAfter,
  parseTransport,
  parseUserAgent,
} from "./options.ts";
import { createRedact, type Redact } from "./redact.ts";
import { KeyedMutex } from "./send/mutex.ts";
import { ServerFacts } from "./server-facts.ts";
import type { Transport } from "./transport/transport.ts";

/** The sends under way whose reference is the caller's. */
export type SendsUnderWay = {
  /** By reference: two sends of one message must not overtake each other. */
  readonly mutex: KeyedMutex;
  /** Which message is being sent under a reference, by its fingerprint. */
  readonly fingerprints: Map<string, string>;
};

export type ClientContext = {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: Transport;
  readonly deadlineMs: number;
  readonly maxAttempts: number;
  readonly maxRetryAfterMs: number;
  readonly maxAnswerBytes: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly uuid: () => string;
  readonly hooks: Hooks;
  readonly redact: Redact;
  readonly ledger: SendLedger;
  readonly ledgerScope: string;
  readonly historyDepth: number;
  /** Changes while the client works, as `sendsUnderWay` does; all else stays as it was made. */
  readonly serverFacts: ServerFacts;
  readonly sendsUnderWay: SendsUnderWay;
};

const defaultDeadlineMs = 30_000;
const defaultMaxAttempts = 4;
const defaultHistoryDepth = 1_000;
const defaultMaxAnswerBytes = 10 * 1024 * 1024;

/** @throws ValidationError naming the option that cannot be used */
export function createContext(options: OnSyncOptions): ClientContext {
  const apiKey = parseApiKey(options.apiKey);
  const baseUrl = parseBaseUrl(options.baseUrl ?? defaultBaseUrl);
  const clock = options.clock ?? systemClock;
  const { onRequest, onResponse, onSend, onDrift, onLedgerError } = options;
  return {
    baseUrl,
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: "application/json",
      "user-agent": parseUserAgent(options.userAgent ?? "onsync-automation"),
    },
    transport: parseTransport(options.transport),
    deadlineMs: parseDeadline(options.deadlineMs ?? defaultDeadlineMs),
    maxAttempts: parseMaxAttempts(options.maxAttempts ?? defaultMaxAttempts),
    maxRetryAfterMs: parseMaxRetryAfter(options.maxRetryAfterMs ?? Number.POSITIVE_INFINITY),
    maxAnswerBytes: parseMaxAnswerBytes(options.maxAnswerBytes ?? defaultMaxAnswerBytes),
    clock,
    random: options.random ?? Math.random,
    uuid: options.uuid ?? (() => crypto.randomUUID()),
    hooks: { onRequest, onResponse, onSend, onDrift, onLedgerError },
    redact: createRedact(apiKey),
    ledger: options.ledger ?? createMemoryLedger({ clock }),
    ledgerScope: parseLedgerScope(options.ledgerScope ?? baseUrl),
    historyDepth: parseHistoryDepth(options.historyDepth ?? defaultHistoryDepth),
    serverFacts: new ServerFacts(),
    sendsUnderWay: { mutex: new KeyedMutex(), fingerprints: new Map() },
  };
}
