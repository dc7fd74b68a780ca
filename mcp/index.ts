/** The MCP server: OnSync for AI assistants, over stdio and HTTP. */

export { type Claims, createMcpHttp, keyHeader, type McpHttpOptions, type OAuthOptions } from "./http/index.ts";
export type { McpOptions, ToolCallEvent, ToolCallOutcome } from "./options.ts";
export { createMcpServer } from "./server.ts";
export { serveStdio } from "./stdio.ts";
