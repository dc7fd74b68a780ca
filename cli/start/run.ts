/** `onsync start` at work: everything on one port, from opening it to draining it. */
import { resolve } from "node:path";
import { createMcpHttp } from "../../mcp/http/index.ts";
import { createMemoryLedger } from "../../src/client/ledger/memory-ledger.ts";
import { isLoopback } from "../../src/http/loopback.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import type { Io } from "../output/io.ts";
import { type Log, logFunction } from "../output/log.ts";
import { controlToken, mcpToken, webhookSecrets } from "../settings/environment.ts";
import { type LedgerChoice, openLedgerIfNamed } from "../settings/ledger.ts";
import { embeddedApi, realApi, registerReceiver, type StartedApi } from "./api.ts";
import { createApp } from "./app.ts";
import { connectOf } from "./connect.ts";
import { landingPage } from "./landing.ts";
import { deliverBeside, type StartedReceiver, startReceiver } from "./receiver.ts";
import { openPort } from "./server.ts";
import { hooksPath, type Site } from "./site.ts";

export type StartOptions = LedgerChoice & { port: number; host: string; data?: string; allowPrivateWebhooks?: true };

/** A log whose waits end, with what is there, when the program stops: nobody is kept waiting by a wait. */
export function endingWith(events: EventReader, stopped: AbortSignal): EventReader {
  return {
    wait: async (options) => {
      const signal = options.signal ? AbortSignal.any([options.signal, stopped]) : stopped;
      try {
        return await events.wait({ ...options, signal });
      } catch (error) {
        if (options.signal?.aborted || !stopped.aborted) throw error;
        return events.wait({ ...options, timeoutMs: 0 });
      }
    },
  };
}

function describeSite(
  io: Io,
  { host, data }: StartOptions,
  origin: string,
  url: string,
  secrets: StartedApi["secrets"],
): Site {
  return {
    origin,
    api: secrets
      ? { embedded: true, url, ...secrets, data: data === undefined ? null : resolve(data) }
      : { embedded: false, url },
    mcpToken: mcpToken(io.env) !== undefined,
    hooks: secrets !== undefined || webhookSecrets(io.env).length > 0,
    isReachable: !isLoopback(host),
    command: [process.execPath, process.argv[1] ?? "onsync"],
  };
}

/**
 * @param useReal whether a key is set, so that the real API is used
 * @param stopped aborted when the program is asked to stop
 * @returns what is where, and how to drain it
 */
export async function startAll(
  io: Io,
  log: Log,
  options: StartOptions,
  useReal: boolean,
  stopped: AbortSignal,
): Promise<{ site: Site; close(): Promise<void> }> {
  const { port, host, data, ledger: ledgerPlace, allowPrivateWebhooks = false } = options;
  const ledger =
    (await openLedgerIfNamed(io.env, { ...(ledgerPlace !== undefined && { ledger: ledgerPlace }) }, log)) ??
    createMemoryLedger();
  const server = await openPort(port, host).catch(async (error) => {
    await ledger.close();
    throw error;
  });
  let api: StartedApi | undefined;
  let registered: Awaited<ReturnType<typeof registerReceiver>> | undefined;
  let receiver: StartedReceiver | undefined;
  const close = async () => {
    await registered?.unregister();
    api?.endStreams?.();
    await server.close();
    await receiver?.close();
    await api?.close();
    await ledger.close();
  };
  try {
    const hooks = `${server.origin}${hooksPath}`;
    const deliver = deliverBeside(() => receiver, hooks, {
      ownPorts: () => new Set([server.port]),
      allowsPrivate: () => allowPrivateWebhooks || isLoopback(host),
    });
    // Asked for by a page that the started API serves.
    const connect = () => connectOf(describeSite(io, options, server.origin, `${server.origin}/v1`, api?.secrets));
    // With the same secret: the receiver goes on as it is.
    const registerAgain = async () => {
      if (api && registered) {
        registered = await registerReceiver(api.onsync, hooks, registered.secret);
      }
    };
    api = await (useReal
      ? realApi(io, log, ledger)
      : embeddedApi(log, server.origin, {
          data,
          ledger,
          isReachable: !isLoopback(host),
          controlToken: controlToken(io.env),
          deliver,
          connect,
          onReset: registerAgain,
        }));
    const { onsync, answer } = api;
    const site = describeSite(io, options, server.origin, onsync.baseUrl, api.secrets);
    if (!useReal) registered = await registerReceiver(onsync, hooks);
    const secrets = registered ? [registered.secret] : webhookSecrets(io.env);
    if (site.hooks) receiver = startReceiver(log, { data, secrets, sends: { ledger, scope: onsync.baseUrl } });
    const token = mcpToken(io.env);
    const mcp = createMcpHttp({
      onsync,
      log: logFunction(log),
      ledger,
      ...(receiver && { events: endingWith(receiver.events, stopped) }),
      host,
      ...(token !== undefined && { token }),
    });
    server.answerWith(
      createApp({
        page: landingPage(site),
        mcp: (request) => mcp.fetch(request),
        listening: host,
        ...(answer && { reference: answer }),
        ...(receiver && { hooks: receiver.answer }),
      }),
    );
    return { site, close };
  } catch (error) {
    await close();
    throw error;
  }
}
