/** `onsync listen` at work: store, receiver, dispatcher and sink, from opening them to draining them. */
import { defaultBaseUrl } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import { formatOrigin, toReachableHost } from "../../src/http/loopback.ts";
import { createProbes } from "../../src/http/probes.ts";
import { settlingSends } from "../../src/ledger/settle-event.ts";
import { startDispatcher } from "../../src/webhooks/dispatcher/dispatcher.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import { createReceiver, type Receiver } from "../../src/webhooks/receiver/receiver.ts";
import { loadSecrets, type Secrets } from "../../src/webhooks/receiver/secrets.ts";
import type { Sink } from "../../src/webhooks/sinks/sink.ts";
import { watchReach } from "../../src/webhooks/sinks/watch-reach.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { Cleanup } from "../cleanup.ts";
import { countDeliveries, countHandOns, countRequests } from "../metrics/hooks.ts";
import { openMetrics } from "../metrics/index.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { type Connection, connect } from "../settings/connection.ts";
import { findBaseUrl, findForwardSecret, readWebhookSecrets } from "../settings/environment.ts";
import { openStore, type StoreChoice } from "../settings/event-store.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import type { MetricsOptions } from "../settings/options.ts";
import { createDeliveryListener, openDeliveryPort } from "./delivery-port.ts";
import { type Endpoint, openEndpoint } from "./endpoint/index.ts";
import type { Registration } from "./endpoint/registrations.ts";
import { createReadinessChecks } from "./readiness.ts";
import { checkSecrets, requireSomeSecret } from "./secret-checks.ts";
import { openSink, type SinkChoice } from "./sink.ts";
import { startPruning, startRefreshingSecrets } from "./upkeep.ts";

export type ListenOptions = StoreChoice &
  SinkChoice &
  LedgerChoice &
  MetricsOptions & {
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
    /** In milliseconds. */
    maxLag?: number;
    /** In seconds. */
    drainDelay?: number;
  };

export type ListenContext = {
  io: Io;
  options: ListenOptions;
  logger: Log;
  /** Writes to `logger`. */
  log: EventLogger;
  /** Told when events are printed and whoever read them is gone. */
  onOutputGone?: (() => void) | undefined;
};

type Listening = {
  url: string;
  /** What events are handed on to. */
  sink: string;
  registered: Registration | null;
  /** Where Prometheus reads its metrics. */
  metricsUrl: string | undefined;
  /** From now on `/readyz` says no, and each answer ends its connection. */
  turnAway(): void;
  close(): Promise<void>;
};

const defaultLeaseSeconds = 20;
/** A hand-on is given up well before another receiver may take over. */
const handOnShare = 0.75;
const dayMs = 24 * 60 * 60 * 1000;

/** @throws UsageError where there is no secret to verify with; whatever fails, nothing is left open */
export async function startListening(context: ListenContext): Promise<Listening> {
  const cleanup = new Cleanup();
  try {
    return await openEverything(context, cleanup);
  } catch (error) {
    await cleanup.run().catch((err: unknown) => context.log("warn", "what was opened cannot be closed", { err }));
    throw error;
  }
}

async function openEverything(context: ListenContext, cleanup: Cleanup): Promise<Listening> {
  const { io, options, logger, log } = context;
  if (options.unregister && options.register === undefined) throw new UsageError("--unregister goes with --register.");
  requireSomeSecret(io.env, options);
  const opened = await openMetrics(io.env, "listen", options, logger);
  if (opened) cleanup.add(opened.close);
  const metrics = opened?.metrics;
  const counting = countRequests(metrics, "");
  const connection = options.register === undefined ? null : await connect(io.env, logger, { counting });
  if (connection) cleanup.add(connection.close);
  let signWith: () => readonly string[] = () => [];
  const forwardSecret = findForwardSecret(io.env);
  const getSigningSecret = () => forwardSecret ?? (signWith()[0] as string);
  const sink = watchReach(await openSink(io, options, getSigningSecret, log, context.onOutputGone));
  cleanup.add(() => sink.close());
  const probes = createProbes({ log });
  const server = await openDeliveryPort(options.port, options.host, { probes });
  cleanup.add(() => server.close());
  const store = await openEventStore(context);
  cleanup.add(() => store.close());
  metrics?.readStore(store);
  const own = readWebhookSecrets(io.env);
  const secrets = await loadSecrets(store, own);
  signWith = secrets.current;
  checkSecrets(secrets.current(), own, options, log);
  const ledger = await openLedgerIfNamed(io.env, options, logger);
  if (ledger) cleanup.add(() => ledger.close());
  const receiver = createReceiverOf(context, { store, secrets, ledger, metrics });
  server.answerWith(createDeliveryListener(receiver));
  // Deliveries end before the store is closed.
  cleanup.add(() => server.close());
  const endpoint = await openOwnEndpoint(context, store, connection);
  cleanup.add(() => endpoint.close());
  await secrets.refresh();
  cleanup.add(startRefreshingSecrets(secrets, log));
  const dispatcher = startHandingOn(context, { store, sink, metrics });
  cleanup.add(() => dispatcher.close());
  cleanup.add(startPruning(store, log));
  probes.start(createReadinessChecks(options, { store, sink, ledger }));
  return {
    url: `${formatOrigin(toReachableHost(options.host), server.port)}/`,
    sink: sink.name,
    registered: endpoint.registered,
    metricsUrl: opened?.url,
    turnAway: () => {
      probes.stop();
      server.turnAway();
    },
    close: () => cleanup.run(),
  };
}

function openEventStore({ io, options, log }: ListenContext): Promise<EventStore> {
  const { holdBack = 0, keepDays, lease = defaultLeaseSeconds } = options;
  const times = { holdBackMs: holdBack * 1000, keepMs: keepDays * dayMs, leaseMs: lease * 1000 };
  return openStore(io.env, options, { claim: true, ...times }, log);
}

type Kept = { store: EventStore; metrics: Metrics | undefined };

/** Keeps deliveries in the store, and closes open sends of the ledger by what they tell. */
function createReceiverOf(
  { io, options, log }: ListenContext,
  { store, secrets, ledger, metrics }: Kept & { secrets: Secrets; ledger: SendLedger | undefined },
): Receiver {
  const scope = parseBaseUrl(findBaseUrl(io.env) ?? defaultBaseUrl);
  const logUnsettled = (err: unknown) => log("error", "an event could not settle its send in the ledger", { err });
  return createReceiver({
    secrets,
    store: ledger ? settlingSends(store, { ledger, scope }, logUnsettled) : store,
    log,
    maxAgeMs: options.maxAge,
    onDelivery: countDeliveries(metrics),
  });
}

function openOwnEndpoint(
  { options: { register, unregister, redis }, log }: ListenContext,
  store: EventStore,
  connection: Connection | null,
): Promise<Endpoint> {
  return openEndpoint({
    store,
    registered:
      connection && register !== undefined
        ? { onsync: connection.onsync, url: register, takeBack: unregister ?? false }
        : null,
    shared: redis !== undefined,
    clock: systemClock,
    monotonic: () => performance.now(),
    log,
  });
}

function startHandingOn({ options, log }: ListenContext, { store, sink, metrics }: Kept & { sink: Sink }) {
  const { concurrency, attempts, retry, lease = defaultLeaseSeconds } = options;
  return startDispatcher({
    store,
    sink,
    concurrency,
    retries: { attempts, firstMs: retry * 1000 },
    timeoutMs: lease * 1000 * handOnShare,
    log,
    onHandOn: countHandOns(metrics),
  });
}
