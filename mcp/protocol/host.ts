/** What a host says of itself: with each request, or at the handshake of the session. */
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import { sanitizeLine } from "../answers/customer-text.ts";
import { appsExtension } from "../apps/index.ts";
import type { ToolContext } from "../tools/tool.ts";
import { getClientCapabilities } from "./era.ts";

const infoKey = "io.modelcontextprotocol/clientInfo";
const maxNameCharacters = 60;

/** Its name is shown to people who approve messages: one short line. */
export function describeHost(server: Server, request: ServerContext): ToolContext["host"] {
  const envelope = request.mcpReq.envelope as { [infoKey]?: { name?: unknown } } | undefined;
  const name = envelope ? envelope[infoKey]?.name : server.getClientVersion()?.name;
  const { extensions } = (getClientCapabilities(server, request) ?? {}) as { extensions?: Record<string, unknown> };
  return {
    name: typeof name === "string" ? sanitizeLine(name).slice(0, maxNameCharacters) : null,
    showsApps: extensions?.[appsExtension] !== undefined,
  };
}
