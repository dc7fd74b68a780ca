/** `onsync mcp --http`, for many assistants. */

import type { Claims, McpHttpOptions } from "../../mcp/index.ts";
import { formatOrigin, isLoopback, toReachableHost } from "../../src/http/loopback.ts";
import { Cleanup } from "../cleanup.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { findMcpToken } from "../settings/environment.ts";
import { describeApprovals, tellApprovals } from "./approvals.ts";
import { type McpCommandOptions, openMcpContext } from "./context.ts";
import { findKey, type OAuthSettings, readOAuth } from "./oauth.ts";

export async function serveOverHttp(io: Io, options: McpCommandOptions): Promise<void> {
  const token = findMcpToken(io.env);
  const oauth = readOAuth(io.env);
  if (token === undefined && !oauth && !isLoopback(options.host)) {
    throw new UsageError(
      `On ${options.host} others can reach this server and act with your API key: set ONSYNC_MCP_TOKEN to a long random token (or ONSYNC_OAUTH_ISSUER), or leave --host out.`,
    );
  }
  const cleanup = new Cleanup();
  try {
    await serveUntilAsked(io, options, { token, oauth }, cleanup);
  } finally {
    // Where it fails, too: the port of the metrics would keep the process from its end.
    await cleanup.run();
  }
}

type Doors = { token: string | undefined; oauth: OAuthSettings | undefined };

async function serveUntilAsked(
  io: Io,
  options: McpCommandOptions,
  { token, oauth }: Doors,
  cleanup: Cleanup,
): Promise<void> {
  const [context, { createMcpHttp }] = await Promise.all([
    openMcpContext(io, options, cleanup, oauth?.rules),
    import("../../mcp/http/index.ts"),
  ]);
  const stop = listenForStop();
  const eventSubscriptions = await openSubscriptions(options.eventSubscriptions, cleanup);
  const http = createMcpHttp({
    ...context.options,
    token,
    eventSubscriptions,
    ...(oauth && toHttpOptions(oauth, context)),
  });
  const server = await http.listen(options.port, options.host);
  const origin = formatOrigin(toReachableHost(options.host), server.port);
  const url = `${origin}/mcp`;
  const { approvals, metricsUrl } = context;
  if (approvals) approvals.place.url ??= `${origin}/approvals`;
  if (options.json && approvals) await tellApprovals(io, approvals);
  await announceReady(
    io,
    options,
    { url, ...(approvals && { approvalsUrl: approvals.place.url }), metricsUrl },
    [
      `The MCP server is running${options.readOnly ? ", with the tools that read" : ""}, on the OnSync API at ${context.options.onsync.baseUrl}.`,
      "",
      `  MCP    ${url}`,
      `  Token  ${describeToken(token, oauth)}`,
      ...(metricsUrl === undefined ? [] : [`  Metrics  ${metricsUrl}`]),
      ...(approvals ? [`  People send at ${describeApprovals(approvals)}`] : []),
      "",
      "Ctrl-C stops it.",
      "",
    ].join("\n"),
  );
  await serveUntilStopped(
    stop,
    () => server.close(),
    (message) => context.log.info(message),
    { start: () => server.turnAway(), delayMs: options.drainDelay * 1000 },
  );
}

async function openSubscriptions(file: string | undefined, cleanup: Cleanup) {
  if (file === undefined) return undefined;
  const { openSubscriptionFile } = await import("../../mcp/events/subscription-file.ts");
  const subscriptions = openSubscriptionFile(file);
  cleanup.add(() => subscriptions.close());
  return subscriptions;
}

type Context = Awaited<ReturnType<typeof openMcpContext>>;

function toHttpOptions({ rules, ...settings }: OAuthSettings, context: Context): Partial<McpHttpOptions> {
  const { hasOwnKey, options, clientForKey, transport } = context;
  return {
    oauth: { ...settings, transport, ...(rules && { findKey: (claims: Claims) => findKey(rules, claims) }) },
    onsync: hasOwnKey ? options.onsync : undefined,
    ...(rules && { onsyncForKey: clientForKey }),
  };
}

function describeToken(token: string | undefined, oauth: OAuthSettings | undefined): string {
  const own = token === undefined ? [] : ["ONSYNC_MCP_TOKEN, as Authorization: Bearer"];
  const signedIn = oauth === undefined ? [] : [`an access token of ${oauth.issuer}`];
  return [...own, ...signedIn].join(", or ") || "none needed: this machine only";
}
