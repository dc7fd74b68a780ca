/** The MCP server: OnSync for AI assistants, over stdio and HTTP. */
export { createMcpHttp, keyHeader, type McpHttp, type McpHttpOptions } from "./http.ts";
export { instructions } from "./instructions.ts";
export { type Caps, type Safety, type Toolset, toolsets } from "./safety/index.ts";
export { createMcpServer } from "./server.ts";
export { serveStdio } from "./stdio.ts";
export type { ToolDefinition } from "./tool.ts";
export { createToolbox, type Log, type LogLevel, type McpOptions, type Toolbox, type ToolResult } from "./toolbox.ts";
