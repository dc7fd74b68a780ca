/**
 * MCP over Streamable HTTP, stateless: each request is answered by itself, so that any replica behind a plain load
 * balancer answers any client. What outlives a request (surfaces by key) is a cache, never a session.
 */

import { scopes } from "../../src/api/index.ts";
import { createTruncatingLog } from "../../src/log-limits.ts";
import type { Log } from "../options.ts";
import { selectTools } from "../safety/select-tools.ts";
import { createServer } from "../server.ts";
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
  const findSurface = createSurfaces({ ...options, ...(page && { approvals: page.approvals }) });
  const handleRequest = createRequestHandler(maxBodyBytes, options.sleep);
  const ending = new AbortController();
  const onerror = (error: Error) => log?.("debug", "protocol error", { error: error.name });

  const answer = async (request: Request, signedIn?: SignedIn): Promise<Response> => {
    const surface = await findSurface(request, signedIn);
    if (surface instanceof Response) return surface;
    return handleRequest(request, {
      findRefusal: (message) => signedIn && signIn?.findRefusal(message, signedIn),
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
  const http = createHttpApp({ ...options, signIn, log }, answer, ending, [keyHeader], page?.answer);
  return {
    ...http,
    async listen(port, host) {
      const server = await http.listen(port, host);
      page?.listens(server.port, host);
      return server;
    },
  };
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
