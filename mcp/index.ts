/** The MCP server: OnSync for AI assistants, over stdio and HTTP. */

export type { McpOptions } from "./call/toolbox.ts";
export { createMcpHttp, keyHeader, type McpHttpOptions } from "./http/index.ts";
export { createMcpServer } from "./server.ts";
export { serveStdio } from "./stdio.ts";
