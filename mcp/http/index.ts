/**
 * MCP over Streamable HTTP, stateless: each request is answered by itself, so that any replica behind a plain load
 * balancer answers any client. What outlives a request (accounts by key) is a cache, never a session.
 */
import { createHash, createHmac } from "node:crypto";
import type { OnSync } from "../../src/client/index.ts";
import { createTruncatingLog } from "../../src/log-limits.ts";
import type { McpOptions } from "../options.ts";
import type { SafetySettings } from "../safety/settings.ts";
import { createServer } from "../server.ts";
import { createSurface, type Surface } from "../surface/index.ts";
import { createErrorResponse, createHttpApp, type HttpAppOptions, type McpHttp } from "./app.ts";
import { createRequestHandler } from "./request-handler.ts";
import { createSurfaceCache } from "./surface-cache.ts";

export type McpHttpOptions = Omit<McpOptions, "onsync"> &
  HttpAppOptions & {
    /** The client of requests that bring no key of their own. */
    onsync?: OnSync;
    /** Makes the client for a key that a request brings in `X-OnSync-Api-Key`. Without it such requests are refused. */
    onsyncForKey?: (apiKey: string) => OnSync;
    /** Bytes a request's body may have. Default 1 MiB. */
    maxBodyBytes?: number;
  };

/** The header that carries a request's own OnSync key. */
export const keyHeader = "X-OnSync-Api-Key";

/** @throws Error when there is no client, or when the host is not loopback and there is no token */
export function createMcpHttp(options: McpHttpOptions): McpHttp {
  const { onsync, onsyncForKey, token, maxBodyBytes = 1024 * 1024 } = options;
  const log = options.log && createTruncatingLog(options.log);
  if (!onsync && !onsyncForKey) throw new Error("createMcpHttp needs onsync, or onsyncForKey, or both");
  // Replicas share the bearer token, and by it what they seal; each org's seals are its own.
  const shared = options.safety?.secret ?? token;
  const safetyFor = (apiKey: string): SafetySettings => ({
    ...options.safety,
    ...(shared !== undefined && { secret: createHmac("sha256", shared).update(`onsync-mcp ${apiKey}`).digest("hex") }),
  });
  const ownAccount = onsync && createSurface({ ...options, onsync, safety: safetyFor("") });
  const accounts =
    onsyncForKey &&
    createSurfaceCache((apiKey) =>
      createSurface({
        ...options,
        onsync: onsyncForKey(apiKey),
        safety: safetyFor(apiKey),
        ledgerScope: createHash("sha256").update(`onsync-mcp ${apiKey}`).digest("hex"),
      }),
    );
  const ending = new AbortController();
  const exchange = createRequestHandler(maxBodyBytes);

  const accountFor = (request: Request): Surface | Response => {
    const key = request.headers.get(keyHeader);
    if (key === null) {
      return (
        ownAccount ??
        createErrorResponse(401, `This server serves several orgs: send your OnSync API key in ${keyHeader}.`)
      );
    }
    // Never answered with another org's data because the key was overlooked.
    if (!accounts)
      return createErrorResponse(400, `This server has an OnSync key of its own and takes no ${keyHeader} header.`);
    if (!/^[\x21-\x7e]{1,512}$/.test(key))
      return createErrorResponse(400, `${keyHeader} must be one OnSync API key, without spaces.`);
    return accounts.forKey(key);
  };

  const answer = async (request: Request): Promise<Response> => {
    const account = accountFor(request);
    if (account instanceof Response) return account;
    return exchange(request, () => {
      const server = createServer(account, { ending: ending.signal });
      server.onerror = (error) => log?.("debug", "protocol error", { error: error.name });
      return server;
    });
  };
  return createHttpApp({ ...options, ...(log && { log }) }, answer, ending, [keyHeader]);
}
