/**
 * MCP over Streamable HTTP, stateless: each request is answered by itself, so that any replica behind a plain load
 * balancer answers any client. What outlives a request (clients by key) is a cache, never a session.
 */
import { createHmac } from "node:crypto";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { Hono } from "hono";
import type { OnSync } from "../src/client/index.ts";
import { bearerMatches, hostAllowed, isLoopback, originAllowed } from "./http/access.ts";
import { createAccounts } from "./http/accounts.ts";
import { listen } from "./http/listen.ts";
import type { Safety } from "./safety/index.ts";
import { serverOf } from "./server.ts";
import { createToolbox, type McpOptions, type Toolbox } from "./toolbox.ts";

export type McpHttpOptions = Omit<McpOptions, "onsync"> & {
  /** The client of requests that bring no key of their own. */
  onsync?: OnSync;
  /** Makes the client for a key that a request brings in `X-OnSync-Api-Key`. Without it such requests are refused. */
  onsyncForKey?: (apiKey: string) => OnSync;
  /** Bearer token each request must bring. Needed to listen on anything but loopback. */
  token?: string;
  /** Host headers taken, with or without a port. Default: loopback, and the host listened on. */
  allowedHosts?: readonly string[];
  /** Origins of pages that may call. Default: loopback. */
  allowedOrigins?: readonly string[];
  /** The address listened on, where another server hands its requests to `fetch`. `listen` knows its own. */
  host?: string;
  /** Bytes a request's body may have. Default 1 MiB. */
  maxBodyBytes?: number;
  /** Longest wait for answers under way when closing, in milliseconds. Default 45,000: a send and the looking after it. */
  drainMs?: number;
};

export type McpHttp = {
  /** Answers `/mcp` and `/healthz` in process. */
  fetch(request: Request): Promise<Response>;
  /** @throws Error when the host is not loopback and there is no token */
  listen(port?: number, host?: string): Promise<{ url: string; port: number; close(): Promise<void> }>;
};

/** The header that carries a request's own OnSync key. */
export const keyHeader = "X-OnSync-Api-Key";

const refuse = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ jsonrpc: "2.0", error: { code: -32000, message }, id: null }, { status, headers });

const requireToken = (host: string, token: string | undefined): void => {
  if (token === undefined && !isLoopback(host)) {
    throw new Error(
      `Listening on ${host} needs a bearer token: set ONSYNC_MCP_TOKEN, or listen on 127.0.0.1, where only this machine can call.`,
    );
  }
};

/** @throws Error when there is no client, or when the host is not loopback and there is no token */
export const createMcpHttp = (options: McpHttpOptions): McpHttp => {
  const { onsync, onsyncForKey, token, allowedHosts, allowedOrigins, log, drainMs = 45_000 } = options;
  const { maxBodyBytes = 1024 * 1024 } = options;
  if (!onsync && !onsyncForKey) throw new Error("createMcpHttp needs onsync, or onsyncForKey, or both");
  // Replicas share the bearer token, and by it what they seal; each org's seals are its own.
  const shared = options.safety?.secret ?? token;
  const safetyFor = (apiKey: string): Safety => ({
    ...options.safety,
    ...(shared !== undefined && { secret: createHmac("sha256", shared).update(`onsync-mcp ${apiKey}`).digest("hex") }),
  });
  const ownToolbox = onsync && createToolbox({ ...options, onsync, safety: safetyFor("") });
  const accounts =
    onsyncForKey &&
    createAccounts((apiKey) => createToolbox({ ...options, onsync: onsyncForKey(apiKey), safety: safetyFor(apiKey) }));
  const ending = new AbortController();
  let listeningOn = options.host;
  if (listeningOn !== undefined) requireToken(listeningOn, token);

  /** Headers that let the pages of an allowed origin read the answer. */
  const cors = (origin: string | null): Record<string, string> =>
    origin === null ? {} : { "access-control-allow-origin": origin, vary: "Origin" };

  const refusedAccess = (request: Request): Response | undefined => {
    const host = request.headers.get("host") ?? new URL(request.url).host;
    if (!hostAllowed(host, allowedHosts, listeningOn)) {
      return refuse(403, "This server does not answer to that Host header. Its operator can allow it (allowedHosts).");
    }
    const origin = request.headers.get("origin");
    if (origin !== null && !originAllowed(origin, allowedOrigins)) {
      return refuse(403, "Pages of that origin may not call this server. Its operator can allow it (allowedOrigins).");
    }
    return undefined;
  };

  const toolboxFor = (request: Request): Toolbox | Response => {
    const key = request.headers.get(keyHeader);
    if (key === null) {
      return ownToolbox ?? refuse(401, `This server serves several orgs: send your OnSync API key in ${keyHeader}.`);
    }
    // Never answered with another org's data because the key was overlooked.
    if (!accounts) return refuse(400, `This server has an OnSync key of its own and takes no ${keyHeader} header.`);
    if (!/^[\x21-\x7e]{1,512}$/.test(key))
      return refuse(400, `${keyHeader} must be one OnSync API key, without spaces.`);
    return accounts.forKey(key);
  };

  const answer = async (request: Request): Promise<Response> => {
    const toolbox = toolboxFor(request);
    if (toolbox instanceof Response) return toolbox;
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: true,
      maxRequestBodySize: maxBodyBytes,
    });
    const server = serverOf(toolbox, { ending: ending.signal });
    server.onerror = (error) => log?.("debug", "protocol error", { error: error.name });
    // Without sessions a cancellation cannot reach the request it means: hanging up is how a client cancels.
    const hungUp = Promise.withResolvers<Response>();
    const hangUp = () => hungUp.resolve(refuse(499, "The client hung up."));
    request.signal.addEventListener("abort", hangUp, { once: true });
    try {
      await server.connect(transport);
      return await Promise.race([transport.handleRequest(request), hungUp.promise]);
    } finally {
      request.signal.removeEventListener("abort", hangUp);
      await server.close();
    }
  };

  const app = new Hono();
  app.get("/healthz", (context) =>
    ending.signal.aborted ? context.json({ ok: false, closing: true }, 503) : context.json({ ok: true }),
  );
  app.all("/mcp", async (context) => {
    const request = context.req.raw;
    const refused = refusedAccess(request);
    if (refused) return refused;
    const origin = request.headers.get("origin");
    const headers = cors(origin);
    if (request.method === "OPTIONS") {
      return new Response(null, {
        status: 204,
        headers: {
          ...headers,
          "access-control-allow-methods": "POST",
          "access-control-allow-headers": `authorization, content-type, accept, mcp-protocol-version, mcp-session-id, ${keyHeader}`,
          "access-control-max-age": "600",
        },
      });
    }
    const response = await guarded(request);
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  });
  app.notFound(() => refuse(404, "There is nothing here. MCP is served at /mcp."));
  app.onError((error) => {
    log?.("error", "request failed", { err: error });
    return refuse(500, "An error of this MCP server's own, which is in its log.");
  });

  const guarded = async (request: Request): Promise<Response> => {
    if (token !== undefined && !bearerMatches(request.headers.get("authorization"), token)) {
      return refuse(401, "Send the server's token: Authorization: Bearer TOKEN.", { "www-authenticate": "Bearer" });
    }
    if (request.method !== "POST") {
      // No session to resume or end, and no stream of the server's own.
      return refuse(405, "This server keeps no sessions and opens no streams: use POST.", { allow: "POST" });
    }
    if (ending.signal.aborted) return refuse(503, "This server is closing. Try again.", { connection: "close" });
    return answer(request);
  };

  const fetch = async (request: Request): Promise<Response> => app.fetch(request);
  return {
    fetch,
    async listen(port = 4020, host = "127.0.0.1") {
      requireToken(host, token);
      listeningOn = host;
      const server = await listen(fetch, port, host, drainMs);
      const shown = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
      return {
        url: `http://${shown}:${server.port}/mcp`,
        port: server.port,
        close() {
          ending.abort();
          return server.close();
        },
      };
    },
  };
};
