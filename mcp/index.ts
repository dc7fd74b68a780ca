/** The MCP server: OnSync for AI assistants, over stdio and HTTP. */
export { createMcpHttp, keyHeader, type McpHttp, type McpHttpOptions } from "./http.ts";
export { instructions } from "./instructions.ts";
export { createMcpServer } from "./server.ts";
export { serveStdio } from "./stdio.ts";
export type { ToolDefinition } from "./tool.ts";
export {
  createToolbox,
  type Log,
  type LogLevel,
  type McpOptions,
  type Safety,
  type Toolbox,
  type ToolResult,
} from "./toolbox.ts";
