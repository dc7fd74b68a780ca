/**
 * MCP over Streamable HTTP, stateless: each request is answered by itself, so that any replica behind a plain load
 * balancer answers any client. What outlives a request (surfaces by key) is a cache, never a session.
 */
import { createTruncatingLog } from "../../src/log-limits.ts";
import { createServer } from "../server.ts";
import { createHttpApp, type HttpAppOptions, type McpHttp } from "./app.ts";
import { createApprovalPage } from "./approval-page.ts";
import { createRequestHandler } from "./request-handler.ts";
import { createSurfaces, keyHeader, type SurfacesOptions } from "./surfaces.ts";

export { keyHeader } from "./surfaces.ts";

export type McpHttpOptions = SurfacesOptions &
  HttpAppOptions & {
    /** Bytes a request's body may have. Default 1 MiB. */
    maxBodyBytes?: number;
  };

/** @throws Error when there is no client, or when the host is not loopback and there is no token */
export function createMcpHttp(options: McpHttpOptions): McpHttp {
  const { onsync, onsyncForKey, maxBodyBytes = 1024 * 1024 } = options;
  if (!onsync && !onsyncForKey) throw new Error("createMcpHttp needs onsync, or onsyncForKey, or both");
  const log = options.log && createTruncatingLog(options.log);
  const page = options.approvals && createApprovalPage(options);
  const findSurface = createSurfaces({ ...options, ...(page && { approvals: page.approvals }) });
  const handleRequest = createRequestHandler(maxBodyBytes, options.sleep);
  const ending = new AbortController();
  const onerror = (error: Error) => log?.("debug", "protocol error", { error: error.name });

  const answer = async (request: Request): Promise<Response> => {
    const surface = await findSurface(request);
    if (surface instanceof Response) return surface;
    return handleRequest(request, {
      createServer: (era) => {
        const server = createServer(surface, { ending: ending.signal, era, subscriptions: era === "modern" });
        server.onerror = onerror;
        return server;
      },
      changes: surface.changes,
      ending: ending.signal,
      onerror,
    });
  };
  const http = createHttpApp({ ...options, log }, answer, ending, [keyHeader], page?.answer);
  return {
    ...http,
    async listen(port, host) {
      const server = await http.listen(port, host);
      page?.listens(server.port, host);
      return server;
    },
  };
}
