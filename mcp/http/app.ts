/**
 * What stands before every MCP request over HTTP, whatever answers it: Host and Origin checks, the bearer token, CORS,
 * `/healthz` and `/readyz`, closing in good order.
 */
import { getRequestListener } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { type AccessRule, findRefusedHeader } from "../../src/http/access.ts";
import { formatOrigin, isLoopback } from "../../src/http/loopback.ts";
import { createProbes, type ProbeAnswer, type Probes, type ReadinessCheck } from "../../src/http/probes.ts";
import { createHttpServer, serve } from "../../src/http/serve.ts";
import { hasBearerToken } from "../../src/http/token.ts";
import type { Log } from "../options.ts";
import { createErrorResponse } from "./error-response.ts";
import type { SignedIn, SignIn } from "./oauth/sign-in.ts";

export type HttpAppOptions = {
  /** Bearer token each request must bring. Needed to listen on anything but loopback. */
  token?: string;
  /** Host headers taken, with or without a port. Default: loopback, and the host listened on. */
  allowedHosts?: readonly string[];
  /** Origins of pages that may call. Default: those of this machine with a token, without one the server's own alone. */
  allowedOrigins?: readonly string[];
  /** The address listened on, where another server hands its requests to `fetch`. `listen` knows its own. */
  host?: string;
  /** Longest wait for answers under way when closing, in milliseconds. Default 45,000: a send and the looking after it. */
  drainMs?: number;
  log?: Log;
};

export type McpHttp = {
  /** Answers `/mcp`, `/healthz` and `/readyz` in process. */
  fetch(request: Request): Promise<Response>;
  /** @throws Error when the host is not loopback and neither a token nor `oauth` is there */
  listen(port?: number, host?: string): Promise<ListeningMcp>;
  /** Takes nothing new and ends calls that only wait: for whoever hands requests to `fetch` and is about to close. */
  close(): void;
};

export type ListeningMcp = {
  url: string;
  port: number;
  /** From now on `/readyz` says no, and each answer ends its connection: before `close`, while a balancer turns away. */
  turnAway(): void;
  close(): Promise<void>;
};

function requireToken(host: string, needsToken: boolean): void {
  if (!needsToken && !isLoopback(host)) {
    throw new Error(
      `Listening on ${host} needs a bearer token: set ONSYNC_MCP_TOKEN (or ONSYNC_OAUTH_ISSUER), or listen on 127.0.0.1, where only this machine can call.`,
    );
  }
}

/** Refuses a request by a Host or Origin header that the operator has not allowed. */
function checkAccess(getRule: () => AccessRule): MiddlewareHandler {
  return async ({ req }, next) => {
    switch (findRefusedHeader(req.raw, getRule())) {
      case "Host":
        return createErrorResponse(
          403,
          "This server does not answer to that Host header. Its operator can allow it (allowedHosts).",
        );
      case "Origin":
        return createErrorResponse(
          403,
          "Pages of that origin may not call this server. Its operator can allow it (allowedOrigins).",
        );
      case undefined:
        return next();
    }
  };
}

/**
 * Lets the pages of an allowed origin read the answer. Their preflight is answered before any token is asked for. Who posts
 * without an origin is no page, and is spared the headers.
 */
function allowPages(headers: readonly string[]): MiddlewareHandler {
  const allow = cors({
    origin: (origin) => origin,
    allowMethods: ["POST"],
    allowHeaders: [
      "authorization",
      "content-type",
      "accept",
      "mcp-protocol-version",
      "mcp-method",
      "mcp-name",
      "mcp-session-id",
      "last-event-id",
      ...headers,
    ],
    exposeHeaders: ["mcp-session-id", "www-authenticate"],
    maxAge: 600,
  });
  return async (context, next) =>
    context.req.method === "POST" && context.req.header("origin") === undefined ? next() : allow(context, next);
}

type Env = { Variables: { signedIn?: SignedIn } };

/**
 * The server's own token, or one of the authorization server's. (Hono's own bearerAuth answers a header of another form by
 * 400, where a client is to learn that it needs a token.)
 */
function checkToken(token: string | undefined, signIn: SignIn | undefined): MiddlewareHandler<Env> {
  return async (context, next) => {
    const authorization = context.req.header("authorization") ?? null;
    if (token !== undefined && hasBearerToken(authorization, token)) return next();
    if (signIn) {
      const signedIn = await signIn.identify(authorization);
      if (signedIn instanceof Response) return signedIn;
      context.set("signedIn", signedIn);
      return next();
    }
    if (token === undefined) return next();
    return createErrorResponse(401, "Send the server's token: Authorization: Bearer TOKEN.", {
      "www-authenticate": "Bearer",
    });
  };
}

type GuardedAppOptions = HttpAppOptions & {
  signIn?: SignIn | undefined;
  /** What `/readyz` asks. */
  checks?: Readonly<Record<string, ReadinessCheck>>;
};

function createAccessRule(
  { token, signIn, allowedHosts, allowedOrigins }: GuardedAppOptions,
  listening: string | undefined,
): AccessRule {
  return {
    // Who signs in calls it by the name that its proxy has.
    hosts: allowedHosts ?? (signIn ? "any" : undefined),
    // Without a token nothing tells a page that somebody serves on another port of this machine from an assistant.
    origins: allowedOrigins ?? (token === undefined && !signIn ? "own" : undefined),
    listening,
  };
}

/** What tells clients how to sign in: for anybody, pages of any origin too. */
function serveMetadata(app: Hono<Env>, { metadata }: SignIn): void {
  for (const path of metadata.paths) app.get(path, cors(), (context) => context.json(metadata.document));
}

async function listenOn(fetch: McpHttp["fetch"], port: number, host: string, drainMs: number | undefined) {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = await serve(createHttpServer(listener), { port, host, drainMs });
  return { ...server, url: `${formatOrigin(host, server.port)}/mcp` };
}

function addProbes(app: Hono<Env>, probes: Probes): void {
  for (const path of ["/healthz", "/readyz"])
    app.get(path, async ({ req }) => {
      const { body, ...init } = (await probes.answer(req.method, path)) as ProbeAnswer;
      return new Response(body, init);
    });
}

/** Not MCP: a page for people, with a token and checks of its own. */
function addApprovals(app: Hono<Env>, answer: ((request: Request) => Response | Promise<Response>) | undefined): void {
  if (!answer) return;
  for (const path of ["/approvals", "/approvals/*"]) app.all(path, ({ req }) => answer(req.raw));
}

/**
 * @param answer answers what may pass
 * @param ending aborted when the server is about to close
 * @param headers request headers that pages may send besides the protocol's own
 * @param approvals makes what answers `/approvals`, where only a person sends
 */
export function createHttpApp(
  options: GuardedAppOptions,
  answer: (request: Request, signedIn?: SignedIn) => Promise<Response>,
  ending: AbortController,
  headers: readonly string[] = [],
  approvals?: (getListening: () => string | undefined) => (request: Request) => Response | Promise<Response>,
): McpHttp {
  const { token, signIn, drainMs, log } = options;
  const needsToken = token !== undefined || signIn !== undefined;
  let listening = options.host;
  const getListening = () => listening;
  if (listening !== undefined) requireToken(listening, needsToken);

  const app = new Hono<Env>();
  if (signIn) serveMetadata(app, signIn);
  const probes = createProbes({ log });
  probes.start(options.checks ?? {});
  ending.signal.addEventListener("abort", () => probes.stop(), { once: true });
  addProbes(app, probes);
  app.all(
    "/mcp",
    checkAccess(() => createAccessRule(options, listening)),
    allowPages(headers),
    checkToken(token, signIn),
    ({ req, get }) =>
      ending.signal.aborted
        ? createErrorResponse(503, "This server is closing. Try again.", { connection: "close" })
        : answer(req.raw, get("signedIn")),
  );
  addApprovals(app, approvals?.(getListening));
  app.notFound(() => createErrorResponse(404, "There is nothing here. MCP is served at /mcp."));
  app.onError((error) => {
    log?.("error", "request failed", { err: error });
    return createErrorResponse(500, "An error of this MCP server's own, which is in its log.");
  });

  const fetch = async (request: Request): Promise<Response> => app.fetch(request);
  return {
    fetch,
    async listen(port = 4020, host = "127.0.0.1") {
      requireToken(host, needsToken);
      listening = host;
      const server = await listenOn(fetch, port, host, drainMs);
      return {
        url: server.url,
        port: server.port,
        turnAway() {
          probes.stop();
          server.turnAway();
        },
        close() {
          ending.abort();
          return server.close();
        },
      };
    },
    close: () => ending.abort(),
  };
}
