/** `onsync listen` at work: store, receiver, dispatcher and sink, from opening them to draining them. */
import { existsSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { defaultBaseUrl } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import { findRefusedHeader } from "../../src/http/access.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { type ConnectionLimits, createHttpServer, type RunningServer, serve } from "../../src/http/serve.ts";
import { settlingSends } from "../../src/ledger/settle-event.ts";
import { startDispatcher } from "../../src/webhooks/dispatcher/dispatcher.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import { createReceiver, type Secrets } from "../../src/webhooks/receiver/receiver.ts";
import { loadSecrets } from "../../src/webhooks/receiver/secrets.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import type { Log, toLogFunction } from "../output/log.ts";
import { connect } from "../settings/connection.ts";
import { findBaseUrl, findForwardSecret, readWebhookSecrets } from "../settings/environment.ts";
import { defaultEventFile, openStore, type StoreChoice } from "../settings/event-store.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import { openEndpoint } from "./endpoint.ts";
import type { Registration } from "./registration.ts";
import { openSink, type SinkChoice } from "./sink.ts";

export type ListenOptions = StoreChoice &
  SinkChoice &
  LedgerChoice & {
    port: number;
    host: string;
    register?: string;
    unregister?: true;
    holdBack?: number;
    attempts: number;
    retry: number;
    concurrency: number;
    lease?: number;
    keepDays: number;
    /** In milliseconds. */
    maxAge?: number;
  };

type Listening = {
  url: string;
  /** What events are handed on to. */
  sink: string;
  registered: Registration | null;
  close(): Promise<void>;
};

const defaultLeaseSeconds = 20;
/** A hand-on is given up well before another receiver may take over. */
const handOnShare = 0.75;
const dayMs = 24 * 60 * 60 * 1000;
const pruneEveryMs = 10 * 60 * 1000;
/** The longest that a secret is accepted after a rotation has ended it. */
const secretsEveryMs = 5000;

/** Before there is a store, nothing can be kept. */
const answerStarting: RequestListener = (_incoming, outgoing) => {
  outgoing.writeHead(503, { "retry-after": "5" }).end();
};

/**
 * Takes the port, and answers 503 until it is told what to do with deliveries. Slow senders of headers are cut by the
 * server, those of bodies by the receiver, and by the server where nobody reads them.
 */
export async function openDeliveryPort(
  port: number,
  host: string,
  limits?: ConnectionLimits,
): Promise<RunningServer & { answerWith(listener: RequestListener): void }> {
  let answer = answerStarting;
  const server = await serve(
    createHttpServer((incoming, outgoing) => answer(incoming, outgoing), { limits }),
    { port, host },
  );
  return {
    ...server,
    answerWith: (listener) => {
      answer = listener;
    },
  };
}

/** No page delivers webhooks. Any Host will do: a delivery shows its signature, and comes through proxies by any name. */
function isFromPage({ headers }: IncomingMessage): boolean {
  const get = (name: string): string | null => headers[name]?.toString() ?? null;
  return findRefusedHeader({ url: "http://localhost/", headers: { get } }, { hosts: "any", origins: [] }) !== undefined;
}

function refusePage(outgoing: ServerResponse): void {
  outgoing.writeHead(403, { "content-type": "application/json", connection: "close" });
  outgoing.end(JSON.stringify({ error: { code: "forbidden", message: "Pages may not call this receiver." } }));
}

/** What has to be undone, last opened first closed; also when opening fails half way. */
function closing() {
  const steps: (() => unknown)[] = [];
  return {
    later: (step: () => unknown) => void steps.push(step),
    /** One that fails keeps none of the others from being done. */
    async all() {
      const failures: unknown[] = [];
      for (const step of steps.splice(0).reverse()) {
        try {
          await step();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}

function pruning(store: EventStore, log: ReturnType<typeof toLogFunction>): () => void {
  const prune = () =>
    store.prune().then(
      (forgotten) => forgotten > 0 && log("info", "old events forgotten", { forgotten }),
      (err: unknown) => log("error", "old events cannot be forgotten", { err }),
    );
  void prune();
  const timer = setInterval(prune, pruneEveryMs);
  return () => clearInterval(timer);
}

/** What a call lacks that no store is needed to see: such a call leaves no file behind. */
function checkOptions(io: Io, { register: url, unregister: takeBack, data, redis }: ListenOptions): void {
  if (takeBack && url === undefined) throw new UsageError("--unregister goes with --register.");
  const mayHoldSecrets = url !== undefined || redis !== undefined || existsSync(data ?? defaultEventFile);
  if (readWebhookSecrets(io.env).length === 0 && !mayHoldSecrets) throw noSecret();
}

function noSecret(): UsageError {
  return new UsageError("There is no secret to verify deliveries with.", {
    advice:
      "Set ONSYNC_WEBHOOK_SECRETS to the secret of your webhook endpoint, or register one with --register PUBLIC_URL.",
  });
}

function checkSecrets(
  current: readonly string[],
  own: readonly string[],
  { register: url }: ListenOptions,
  log: EventLogger,
): void {
  const retired = own.filter((secret) => !current.includes(secret)).length;
  if (retired > 0) {
    log("warn", "ONSYNC_WEBHOOK_SECRETS names secrets that `onsync listen rotate` has retired: remove them", {
      retired,
    });
  }
  if (url === undefined && current.length === 0) throw noSecret();
}

/** Keeps up with what a rotation does to the secrets, also while every delivery verifies. */
function followingSecrets(secrets: Required<Secrets>, log: EventLogger): () => void {
  const timer = setInterval(() => {
    secrets.refresh().catch((err: unknown) => log("debug", "the secrets cannot be read", { err }));
  }, secretsEveryMs);
  return () => clearInterval(timer);
}

/**
 * @param outputGone told when events are printed and whoever read them is gone
 * @throws UsageError where there is no secret to verify with
 */
export async function startListening(
  io: Io,
  options: ListenOptions,
  logger: Log,
  log: ReturnType<typeof toLogFunction>,
  outputGone?: () => void,
): Promise<Listening> {
  const { port, host, holdBack = 0, attempts, retry, concurrency, lease = defaultLeaseSeconds, keepDays } = options;
  const open = closing();
  try {
    checkOptions(io, options);
    const connection = options.register === undefined ? null : await connect(io.env, logger);
    if (connection) open.later(connection.close);
    let signWith: () => readonly string[] = () => [];
    const signingSecret = () => findForwardSecret(io.env) ?? (signWith()[0] as string);
    const sink = await openSink(io, options, signingSecret, log, outputGone);
    open.later(() => sink.close());
    const server = await openDeliveryPort(port, host);
    open.later(() => server.close());
    const keeping = { holdBackMs: holdBack * 1000, keepMs: keepDays * dayMs, leaseMs: lease * 1000 };
    const store = await openStore(io.env, options, { claim: true, ...keeping }, log);
    open.later(() => store.close());
    const own = readWebhookSecrets(io.env);
    const secrets = await loadSecrets(store, own);
    signWith = secrets.current;
    checkSecrets(secrets.current(), own, options, log);
    const ledger = await openLedgerIfNamed(io.env, options, logger);
    if (ledger) open.later(() => ledger.close());
    const unsettled = (err: unknown) => log("error", "an event could not settle its send in the ledger", { err });
    const scope = parseBaseUrl(findBaseUrl(io.env) ?? defaultBaseUrl);
    const kept = ledger ? settlingSends(store, { ledger, scope }, unsettled) : store;
    const receiver = createReceiver({
      secrets,
      store: kept,
      log,
      ...(options.maxAge !== undefined && { maxAgeMs: options.maxAge }),
    });
    server.answerWith((incoming, outgoing) => {
      if (incoming.url === "/healthz") outgoing.end('{"ok":true}');
      else if (isFromPage(incoming)) refusePage(outgoing);
      else void receiver.node(incoming, outgoing);
    });
    // Before the store.
    open.later(() => server.close());
    const endpoint = await openEndpoint({
      store,
      registered:
        connection && options.register !== undefined
          ? { onsync: connection.onsync, url: options.register, takeBack: options.unregister ?? false }
          : null,
      shared: options.redis !== undefined,
      clock: systemClock,
      monotonic: () => performance.now(),
      log,
    });
    open.later(() => endpoint.close());
    await secrets.refresh();
    open.later(followingSecrets(secrets, log));
    const dispatcher = startDispatcher({
      store,
      sink,
      concurrency,
      retries: { attempts, firstMs: retry * 1000 },
      timeoutMs: lease * 1000 * handOnShare,
      log,
    });
    open.later(() => dispatcher.close());
    open.later(pruning(store, log));
    return {
      url: `${formatOrigin(toReachableHost(host), server.port)}/`,
      sink: sink.name,
      registered: endpoint.registered,
      close: open.all,
    };
  } catch (error) {
    await open.all().catch((err: unknown) => log("warn", "what was opened cannot be closed", { err }));
    throw error;
  }
}
