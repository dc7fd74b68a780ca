/**
 * MCP over Streamable HTTP, stateless: each request is answered by itself, so that any replica behind a plain load
 * balancer answers any client. What outlives a request (surfaces by key) is a cache, never a session.
 */

import { scopes } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { createGuardedDeliver, type Deliver } from "../../src/http/guarded-post.ts";
import type { ReadinessCheck } from "../../src/http/probes.ts";
import { createLedgerCheck } from "../../src/ledger/ledger-check.ts";
import { createTruncatingLog } from "../../src/log-limits.ts";
import { createMemorySubscriptions, type SubscriptionStore } from "../events/subscription.ts";
import { createEventWebhooks, type EventWebhooks } from "../events/webhooks.ts";
import type { Log } from "../options.ts";
import { selectTools } from "../safety/select-tools.ts";
import { isAllowedHost } from "../safety/webhook-url.ts";
import { createServer } from "../server.ts";
import type { Events } from "../surface/events.ts";
import { createHttpApp, type HttpAppOptions, type McpHttp } from "./app.ts";
import { createApprovalPage } from "./approval-page.ts";
import type { OAuthOptions } from "./oauth/options.ts";
import { findToolScopes } from "./oauth/scopes.ts";
import { createSignIn, type SignedIn, type SignIn } from "./oauth/sign-in.ts";
import { createRequestHandler } from "./request-handler.ts";
import { createSurfaces, keyHeader, type SurfacesOptions } from "./surfaces.ts";

export type { Claims, OAuthOptions } from "./oauth/options.ts";
export { keyHeader } from "./surfaces.ts";

export type McpHttpOptions = SurfacesOptions &
  HttpAppOptions & {
    /** Takes the access tokens of an OAuth 2.1 authorization server, beside the bearer token where there is one. */
    oauth?: OAuthOptions;
    /**
     * Where the subscriptions of hosts are kept which have events delivered to an address of theirs (MCP Events, by
     * webhook). Without it they cannot.
     */
    eventSubscriptions?: SubscriptionStore;
    /** Delivers to such an address. Default: over HTTP, without redirects, to public addresses and `webhookHosts` alone. */
    deliver?: Deliver;
    /** Bytes a request's body may have. Default 1 MiB. */
    maxBodyBytes?: number;
  };

/** @throws Error when there is no client, or when the host is not loopback and there is no token */
export function createMcpHttp(options: McpHttpOptions): McpHttp {
  const { onsync, onsyncForKey, maxBodyBytes = 1024 * 1024 } = options;
  if (!onsync && !onsyncForKey) throw new Error("createMcpHttp needs onsync, or onsyncForKey, or both");
  const log = options.log && createTruncatingLog(options.log);
  const page = options.approvals && createApprovalPage(options);
  const signIn = options.oauth && createSignInFor(options, options.oauth, log);
  const { sleep, now = Date.now } = options;
  const handleRequest = createRequestHandler(maxBodyBytes, sleep ? { now, sleep } : systemClock);
  const ending = new AbortController();
  const findSurface = createSurfaces({
    ...options,
    ...(page && { approvals: page.approvals }),
    ...(options.eventSubscriptions && {
      createEventWebhooks: (events: Events) => createWebhooksFor(options, events, ending.signal),
    }),
  });
  const onerror = (error: Error) => log?.("debug", "protocol error", { error: error.name });

  const answer = async (request: Request, signedIn?: SignedIn): Promise<Response> => {
    const surface = await findSurface(request, signedIn);
    if (surface instanceof Response) return surface;
    return handleRequest(request, {
      findRefusal: (message) => signedIn && signIn?.findRefusal(message, signedIn),
      createServer: (era) => {
        const principal = signedIn?.principal ?? (options.token === undefined ? undefined : "token");
        const subscriptions = era === "modern";
        const server = createServer(surface, { ending: ending.signal, era, subscriptions, principal });
        server.onerror = onerror;
        return server;
      },
      changes: surface.changes,
      ending: ending.signal,
      onerror,
    });
  };
  const checks = createReadinessChecks(options);
  const http = createHttpApp({ ...options, checks, signIn, log }, answer, ending, [keyHeader], page?.answer);
  return {
    ...http,
    async listen(port, host) {
      const server = await http.listen(port, host);
      page?.listens(server.port, host);
      return server;
    },
  };
}

/** OnSync itself is not asked: that would cost each org's hour, and where it is away all replicas would be. */
function createReadinessChecks({ ledger, events }: McpHttpOptions): Record<string, ReadinessCheck> {
  return {
    ...(ledger?.durable && { ledger: createLedgerCheck(ledger) }),
    ...(events && { events: { problem: "cannot be read", ask: () => events.wait({ limit: 1, timeoutMs: 0 }) } }),
  };
}

/** How long an endpoint's answer to the challenge is read, in milliseconds. */
const maxBodyWaitMs = 5000;

function createWebhooksFor(options: McpHttpOptions, events: Events, ending: AbortSignal): EventWebhooks {
  const { eventSubscriptions = createMemorySubscriptions(), safety, now = Date.now } = options;
  const allowedHosts = safety?.webhookHosts ?? [];
  const createDeliver = (allowed: boolean) =>
    createGuardedDeliver({ ownPorts: () => new Set(), allowsPrivate: () => allowed, maxBodyWaitMs });
  const [toAllowed, toPublic] = [createDeliver(true), createDeliver(false)];
  const webhooks = createEventWebhooks(events, {
    store: eventSubscriptions,
    deliver:
      options.deliver ??
      ((request) => (isAllowedHost(request.url, allowedHosts) ? toAllowed(request) : toPublic(request))),
    clock: { now, sleep: options.sleep ?? systemClock.sleep },
    allowedHosts,
  });
  ending.addEventListener("abort", () => void webhooks.deliveries.close(), { once: true });
  return webhooks;
}

function createSignInFor(options: McpHttpOptions, oauth: OAuthOptions, log: Log | undefined): SignIn {
  const { onsync, onsyncForKey, safety = {}, now = Date.now } = options;
  if (oauth.findKey ? !onsyncForKey : !onsync)
    throw new Error(
      `createMcpHttp with oauth needs ${oauth.findKey ? "onsyncForKey for the keys of findKey" : "onsync, or findKey"}`,
    );
  const offered = selectTools(safety).tools.flatMap(({ operation }) => findToolScopes(operation.name));
  return createSignIn(oauth, { scopes: scopes.filter((scope) => offered.includes(scope)), now, log });
}
