/** `onsync listen` at work: store, receiver, dispatcher and sink, from opening them to draining them. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { defaultBaseUrl } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { readBaseUrl } from "../../src/client/settings.ts";
import { startDispatcher } from "../../src/events/dispatcher.ts";
import { createReceiver } from "../../src/events/receiver.ts";
import { secretsOf } from "../../src/events/secrets.ts";
import type { EventStore } from "../../src/events/store.ts";
import { findRefusedHeader } from "../../src/http/access.ts";
import { settlingSends } from "../../src/ledger/settle-event.ts";
import { connect } from "../connection.ts";
import { baseUrl, forwardSecret, webhookSecrets } from "../environment.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../ledger.ts";
import type { Log, logFunction } from "../log.ts";
import { reachableHost } from "../options.ts";
import { type Registration, register, unregister } from "./registration.ts";
import { openSink, type SinkChoice } from "./sink.ts";
import { openStore, type StoreChoice } from "./store.ts";

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
/** Slow senders of headers are cut by the server, those of bodies by the receiver. */
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 20_000;
const mostConnections = 2000;

const listenOn = async (handler: Parameters<typeof createServer>[1], port: number, host: string) => {
  const server = createServer({ headersTimeout: headersTimeoutMs, requestTimeout: requestTimeoutMs }, handler);
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
};

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
const closing = () => {
  const steps: (() => unknown)[] = [];
  return {
    later: (step: () => unknown) => void steps.push(step),
    async all() {
      for (const step of steps.splice(0).reverse()) await step();
    },
  };
};

const pruning = (store: EventStore, log: ReturnType<typeof logFunction>): (() => void) => {
  const prune = () =>
    store.prune().then(
      (forgotten) => forgotten > 0 && log("info", "old events forgotten", { forgotten }),
      (err: unknown) => log("error", "old events cannot be forgotten", { err }),
    );
  void prune();
  const timer = setInterval(prune, pruneEveryMs);
  return () => clearInterval(timer);
};

/** The endpoint at OnSync, once the server is there to be delivered to. */
const registering = async (
  io: Io,
  { register: url, unregister: takeBack }: ListenOptions,
  store: EventStore,
  log: Log,
  open: ReturnType<typeof closing>,
): Promise<Registration | null> => {
  if (takeBack && url === undefined) throw new UsageError("--unregister goes with --register.");
  if (url === undefined) return null;
  const { onsync, close } = await connect(io.env, log);
  open.later(close);
  const registered = await register(onsync, store, url, systemClock);
  if (takeBack) open.later(() => unregister(onsync, store));
  return registered;
};

/** @throws UsageError where there is no secret to verify with */
export const startListening = async (
  io: Io,
  options: ListenOptions,
  logger: Log,
  log: ReturnType<typeof logFunction>,
): Promise<Listening> => {
  const { port, host, holdBack = 0, attempts, retry, concurrency, lease = defaultLeaseSeconds, keepDays } = options;
  const open = closing();
  try {
    const keeping = { holdBackMs: holdBack * 1000, keepMs: keepDays * dayMs, leaseMs: lease * 1000 };
    const store = await openStore(io.env, options, { claim: true, ...keeping }, log);
    open.later(() => store.close());
    const secrets = await secretsOf(store, webhookSecrets(io.env));
    if (options.register === undefined && secrets.current().length === 0) {
      throw new UsageError("There is no secret to verify deliveries with.", {
        advice:
          "Set ONSYNC_WEBHOOK_SECRETS to the secret of your webhook endpoint, or register one with --register PUBLIC_URL.",
      });
    }
    const signingSecret = () => forwardSecret(io.env) ?? (secrets.current()[0] as string);
    const sink = await openSink(io, options, signingSecret, log);
    open.later(() => sink.close());
    const ledger = await openLedgerIfNamed(io.env, options, logger);
    if (ledger) open.later(() => ledger.close());
    const unsettled = (err: unknown) => log("error", "an event could not settle its send in the ledger", { err });
    const scope = readBaseUrl(baseUrl(io.env) ?? defaultBaseUrl);
    const kept = ledger ? settlingSends(store, { ledger, scope }, unsettled) : store;
    const receiver = createReceiver({ secrets, store: kept, log });
    const server = await listenOn(
      (incoming, outgoing) => {
        if (incoming.url === "/healthz") outgoing.end('{"ok":true}');
        else if (isFromPage(incoming)) refusePage(outgoing);
        else void receiver.node(incoming, outgoing);
      },
      port,
      host,
    );
    open.later(() => server.close());
    const registered = await registering(io, options, store, logger, open);
    await secrets.refresh();
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
    return { url: `http://${reachableHost(host)}:${server.port}/`, sink: sink.name, registered, close: open.all };
  } catch (error) {
    await open.all();
    throw error;
  }
};
