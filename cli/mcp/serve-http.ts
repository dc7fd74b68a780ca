/** `onsync mcp --http`, for many assistants. */
import { formatOrigin, isLoopback, toReachableHost } from "../../src/http/loopback.ts";
import { listenForStop, serveUntilStopped } from "../lifecycle.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import { announceReady } from "../output/ready.ts";
import { findMcpToken } from "../settings/environment.ts";
import { describeApprovals, tellApprovals } from "./approvals.ts";
import { type McpCommandOptions, openMcpContext } from "./context.ts";

export async function serveOverHttp(io: Io, options: McpCommandOptions): Promise<void> {
  const token = findMcpToken(io.env);
  if (token === undefined && !isLoopback(options.host)) {
    throw new UsageError(
      `On ${options.host} others can reach this server and act with your API key: set ONSYNC_MCP_TOKEN to a long random token, or leave --host out.`,
    );
  }
  const [context, { createMcpHttp }] = await Promise.all([
    openMcpContext(io, options),
    import("../../mcp/http/index.ts"),
  ]);
  const stop = listenForStop();
  const http = createMcpHttp({ ...context.options, token });
  const server = await http.listen(options.port, options.host);
  const origin = formatOrigin(toReachableHost(options.host), server.port);
  const url = `${origin}/mcp`;
  const { approvals } = context;
  if (approvals) approvals.place.url ??= `${origin}/approvals`;
  if (options.json && approvals) await tellApprovals(io, approvals);
  await announceReady(
    io,
    options,
    { url, ...(approvals && { approvalsUrl: approvals.place.url }) },
    [
      `The MCP server is running${options.readOnly ? ", with the tools that read" : ""}, on the OnSync API at ${context.options.onsync.baseUrl}.`,
      "",
      `  MCP    ${url}`,
      `  Token  ${token === undefined ? "none needed: this machine only" : "ONSYNC_MCP_TOKEN, as Authorization: Bearer"}`,
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
  );
  await context.close();
}
