/**
 * The two eras of the protocol. `legacy`: revisions up to 2025-11-25, a handshake and what it agreed on. `modern`: 2026-07-28,
 * each request by itself, with the client's revision and capabilities in it.
 */
import type { ClientCapabilities, Server, ServerContext } from "@modelcontextprotocol/server";

export type Era = "legacy" | "modern";

const capabilitiesKey = "io.modelcontextprotocol/clientCapabilities";

/** What the client says it can do: with this request, or at the handshake of the session. */
export function getClientCapabilities(server: Server, { mcpReq }: ServerContext): ClientCapabilities | undefined {
  const envelope = mcpReq.envelope as { [capabilitiesKey]?: ClientCapabilities } | undefined;
  return envelope ? envelope[capabilitiesKey] : server.getClientCapabilities();
}
