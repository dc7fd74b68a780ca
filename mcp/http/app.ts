/**
 * What stands before every MCP request over HTTP, whatever answers it: Host and Origin checks, the bearer token, CORS,
 * `/healthz`, closing in good order.
 */
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { findRefusedHeader } from "../../src/http/access.ts";
import { formatOrigin, isLoopback } from "../../src/http/loopback.ts";
import { createHttpServer, serve } from "../../src/http/serve.ts";
import { hasBearerToken } from "../../src/http/token.ts";
import type { Log } from "../options.ts";

export type HttpAppOptions = {
  /** Bearer token each request must bring. Needed to listen on anything but loopback. */
  token?: string;
  /** Host headers taken, with or without a port. Default: loopback, and the host listened on. */
  allowedHosts?: readonly string[];
  /** Origins of pages that may call. Default: loopback. */
  allowedOrigins?: readonly string[];
  /** The address listened on, where another server hands its requests to `fetch`. `listen` knows its own. */
  host?: string;
  /** Longest wait for answers under way when closing, in milliseconds. Default 45,000: a send and the looking after it. */
  drainMs?: number;
  log?: Log;
};

export type McpHttp = {
  /** Answers `/mcp` and `/healthz` in process. */
  fetch(request: Request): Promise<Response>;
  /** @throws Error when the host is not loopback and there is no token */
  listen(port?: number, host?: string): Promise<{ url: string; port: number; close(): Promise<void> }>;
  /** Takes nothing new and ends calls that only wait: for whoever hands requests to `fetch` and is about to close. */
  close(): void;
};

/** What an MCP client is told that is no answer to a message of its. */
export function createErrorResponse(
  status: number,
  message: string,
  headers: Record<string, string> = {},
  code = -32000,
): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers });
}

function requireToken(host: string, token: string | undefined): void {
  if (token === undefined && !isLoopback(host)) {
    throw new Error(
      `Listening on ${host} needs a bearer token: set ONSYNC_MCP_TOKEN, or listen on 127.0.0.1, where only this machine can call.`,
    );
  }
}

/**
 * @param answer answers what may pass
 * @param ending aborted when the server is about to close
 * @param headers request headers that pages may send besides the protocol's own
 */
export function createHttpApp(
  { token, allowedHosts, allowedOrigins, host: embeddedIn, drainMs, log }: HttpAppOptions,
  answer: (request: Request) => Promise<Response>,
  ending: AbortController,
  headers: readonly string[] = [],
): McpHttp {
  let listeningOn = embeddedIn;
  if (listeningOn !== undefined) requireToken(listeningOn, token);

  const refusedAccess = (request: Request): Response | undefined => {
    const rule = { hosts: allowedHosts, origins: allowedOrigins, listening: listeningOn };
    switch (findRefusedHeader(request, rule)) {
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
        return undefined;
    }
  };

  const guarded = async (request: Request): Promise<Response> => {
    if (token !== undefined && !hasBearerToken(request.headers.get("authorization"), token)) {
      return createErrorResponse(401, "Send the server's token: Authorization: Bearer TOKEN.", {
        "www-authenticate": "Bearer",
      });
    }
    if (ending.signal.aborted)
      return createErrorResponse(503, "This server is closing. Try again.", { connection: "close" });
    return answer(request);
  };

  const preflight = (): Response =>
    new Response(null, {
      status: 204,
      headers: {
        "access-control-allow-methods": "POST",
        "access-control-allow-headers": [
          "authorization, content-type, accept, mcp-protocol-version, mcp-session-id, last-event-id",
          ...headers,
        ].join(", "),
        "access-control-max-age": "600",
      },
    });

  const app = new Hono();
  app.get("/healthz", (context) =>
    ending.signal.aborted ? context.json({ ok: false, closing: true }, 503) : context.json({ ok: true }),
  );
  app.all("/mcp", async (context) => {
    const request = context.req.raw;
    const refused = refusedAccess(request);
    if (refused) return refused;
    const response = request.method === "OPTIONS" ? preflight() : await guarded(request);
    const origin = request.headers.get("origin");
    if (origin !== null) {
      // Lets the pages of an allowed origin read the answer.
      response.headers.set("access-control-allow-origin", origin);
      response.headers.set("access-control-expose-headers", "mcp-session-id");
      response.headers.set("vary", "Origin");
    }
    return response;
  });
  app.notFound(() => createErrorResponse(404, "There is nothing here. MCP is served at /mcp."));
  app.onError((error) => {
    log?.("error", "request failed", { err: error });
    return createErrorResponse(500, "An error of this MCP server's own, which is in its log.");
  });

  const fetch = async (request: Request): Promise<Response> => app.fetch(request);
  return {
    fetch,
    async listen(port = 4020, host = "127.0.0.1") {
      requireToken(host, token);
      listeningOn = host;
      const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
      const server = await serve(createHttpServer(listener), { port, host, drainMs });
      return {
        url: `${formatOrigin(host, server.port)}/mcp`,
        port: server.port,
        close() {
          ending.abort();
          return server.close();
        },
      };
    },
    close: () => ending.abort(),
  };
}
