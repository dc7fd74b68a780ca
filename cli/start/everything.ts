/** `onsync start` at work: everything on one port, from opening it to draining it. */
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { createMcpHttp } from "../../mcp/http/index.ts";
import type { SendLedger } from "../../src/client/index.ts";
import { createMemoryLedger } from "../../src/client/ledger/memory-ledger.ts";
import { isLoopback } from "../../src/http/loopback.ts";
import { createProbes, type Probes } from "../../src/http/probes.ts";
import { createLedgerCheck } from "../../src/ledger/ledger-check.ts";
import { countRequests, countToolCalls } from "../metrics/hooks.ts";
import { type OpenMetrics, openMetrics } from "../metrics/index.ts";
import type { Io } from "../output/io.ts";
import { type Log, toLogFunction } from "../output/log.ts";
import { findControlToken, findMcpToken, readWebhookSecrets } from "../settings/environment.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import type { MetricsOptions } from "../settings/options.ts";
import {
  connectToRealApi,
  openEmbeddedApi,
  type ReceiverRegistration,
  registerReceiver,
  type StartedApi,
} from "./api.ts";
import { createApp } from "./app.ts";
import { createConnectPage } from "./connect-page.ts";
import { renderLandingPage } from "./landing.ts";
import { type OpenPort, openPort } from "./port.ts";
import { endWaitsOnStop, routeDeliveries, type StartedReceiver, startReceiver } from "./receiver.ts";
import { hooksPath, type Site } from "./site.ts";

export type StartOptions = LedgerChoice &
  MetricsOptions & { port: number; host: string; data?: string; rateLimit?: number; allowPrivateWebhooks?: true };

export type StartContext = {
  io: Io;
  log: Log;
  options: StartOptions;
  /** Whether a key is set, so that the real API is used. */
  useReal: boolean;
  /** Aborted when the program is asked to stop. */
  stopped: AbortSignal;
};

/** What is open so far. */
type Opened = {
  metrics: OpenMetrics | undefined;
  ledger: SendLedger;
  server: OpenPort;
  probes: Probes;
  mcpToken: string | undefined;
  webhookSecrets: readonly string[];
  hooksUrl: string;
  api?: StartedApi;
  registration?: ReceiverRegistration;
  receiver?: StartedReceiver;
};

/** @returns what is where, and how to drain it */
export async function startEverything(
  context: StartContext,
): Promise<{ site: Site; metricsUrl: string | undefined; close(): Promise<void> }> {
  const { options, log, useReal } = context;
  const opened = await openPortAndLedger(context);
  const { ledger, server, hooksUrl, metrics } = opened;
  try {
    const api = await (useReal
      ? connectToRealApi(context.io, log, { ledger, counting: countRequests(metrics?.metrics, "") })
      : openSandbox(context, opened));
    opened.api = api;
    if (!useReal) opened.registration = await registerReceiver(api.onsync, hooksUrl);
    const site = describeSite(context, opened);
    if (site.hooks) {
      opened.receiver = startReceiver(log, {
        data: options.data,
        secrets: opened.registration ? [opened.registration.secret] : opened.webhookSecrets,
        sends: { ledger, scope: api.onsync.baseUrl },
        metrics: metrics?.metrics,
      });
    }
    server.answerWith(
      createApp({
        page: renderLandingPage(site),
        reference: api.answer,
        mcp: createMcp(context, opened, api),
        hooks: opened.receiver?.answer,
        listening: options.host,
      }),
    );
    const { receiver, probes } = opened;
    probes.start({
      ...(ledger.durable && { ledger: createLedgerCheck(ledger) }),
      ...(receiver && { store: receiver.check }),
    });
    context.stopped.addEventListener("abort", () => probes.stop(), { once: true });
    return { site, metricsUrl: metrics?.url, close: () => closeAll(opened) };
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

async function openPortAndLedger({ io, log, options }: StartContext): Promise<Opened> {
  const metrics = await openMetrics(io.env, "start", options, log);
  let ledger: SendLedger | undefined;
  try {
    ledger = (await openLedgerIfNamed(io.env, options, log)) ?? createMemoryLedger();
    const probes = createProbes({ log: toLogFunction(log) });
    const server = await openPort(options.port, options.host, probes);
    const secrets = { mcpToken: findMcpToken(io.env), webhookSecrets: readWebhookSecrets(io.env) };
    return { metrics, ledger, server, probes, ...secrets, hooksUrl: `${server.origin}${hooksPath}` };
  } catch (error) {
    await ledger?.close();
    await metrics?.close();
    throw error;
  }
}

/** The embedded API with made-up data, which delivers to the receiver that is started after it. */
function openSandbox(context: StartContext, opened: Opened): Promise<StartedApi> {
  const { data, host, rateLimit, allowPrivateWebhooks = false } = context.options;
  const { ledger, server, hooksUrl, metrics } = opened;
  return openEmbeddedApi(context.log, server.origin, {
    data,
    rateLimit,
    temporaryFolder: context.io.env.TMPDIR?.trim() || tmpdir(),
    ledger,
    counting: countRequests(metrics?.metrics, ""),
    isReachable: !isLoopback(host),
    controlToken: findControlToken(context.io.env),
    deliver: routeDeliveries(() => opened.receiver, hooksUrl, {
      ownPorts: () => new Set([server.port]),
      allowsPrivate: () => allowPrivateWebhooks || isLoopback(host),
    }),
    // Asked for by a page that the started API serves.
    connect: () => createConnectPage(describeSite(context, opened)),
    onReset: async () => {
      const { api, registration } = opened;
      // With the same secret: the receiver goes on as it is.
      if (api && registration) opened.registration = await registerReceiver(api.onsync, hooksUrl, registration.secret);
    },
  });
}

function createMcp({ log, options, stopped }: StartContext, opened: Opened, { onsync }: StartedApi) {
  const mcp = createMcpHttp({
    onsync,
    log: toLogFunction(log),
    onToolCall: countToolCalls(opened.metrics?.metrics),
    ledger: opened.ledger,
    events: opened.receiver && endWaitsOnStop(opened.receiver.events, stopped),
    host: options.host,
    token: opened.mcpToken,
  });
  return (request: Request): Promise<Response> => mcp.fetch(request);
}

function describeSite({ options: { host, data } }: StartContext, opened: Opened): Site {
  const { server, api, mcpToken, webhookSecrets } = opened;
  const { origin } = server;
  return {
    origin,
    api: api?.secrets
      ? { embedded: true, url: `${origin}/v1`, ...api.secrets, data: data === undefined ? null : resolve(data) }
      : { embedded: false, url: api?.onsync.baseUrl ?? `${origin}/v1` },
    mcpToken: mcpToken !== undefined,
    hooks: api?.secrets !== undefined || webhookSecrets.length > 0,
    isReachable: !isLoopback(host),
    command: [process.execPath, process.argv[1] ?? "onsync"],
  };
}

async function closeAll({ ledger, server, api, registration, receiver, metrics }: Opened): Promise<void> {
  await registration?.unregister();
  api?.endStreams?.();
  await server.close();
  await receiver?.close();
  await api?.close();
  await ledger.close();
  await metrics?.close();
}
