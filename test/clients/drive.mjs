/**
 * Lists the tools of an MCP server and calls each of them, with each client, over HTTP and stdio. Run by
 * `scripts/mcp/clients.ts`, which says where the server is and what to call with what.
 */
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport } from "@ai-sdk/mcp/mcp-stdio";
import { mcpToTool } from "@google/genai";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { getAllMcpTools, MCPServerStdio, MCPServerStreamableHttp, setTracingDisabled } from "@openai/agents";

setTracingDisabled(true);

/** @type {{ url: string, token: string, stdio: { command: string, args: string[], env: Record<string, string> } }} */
const server = JSON.parse(process.env.MCP_SERVER ?? "{}");
/** @type {Record<string, Record<string, Record<string, unknown>>>} by client, by tool */
const argumentsOf = JSON.parse(process.env.MCP_ARGUMENTS ?? "{}");
const headers = { authorization: `Bearer ${server.token}` };

/** Each gives the names of the tools, and calls one: what a model is given is its answer. */
const clients = {
  "@ai-sdk/mcp": async (how) => {
    const client = await createMCPClient({
      transport:
        how === "http"
          ? { type: "http", url: server.url, headers }
          : new Experimental_StdioMCPTransport({ ...server.stdio }),
    });
    const tools = await client.tools();
    return {
      names: Object.keys(tools),
      call: (name, args) => tools[name].execute(args, { toolCallId: "1", messages: [] }),
      close: () => client.close(),
    };
  },
  "@langchain/mcp-adapters": async (how) => {
    const client = new MultiServerMCPClient({
      mcpServers: {
        onsync:
          how === "http" ? { transport: "http", url: server.url, headers } : { transport: "stdio", ...server.stdio },
      },
    });
    const tools = await client.getTools();
    return {
      names: tools.map(({ name }) => name),
      call: (name, args) => tools.find((tool) => tool.name === name).invoke(args),
      close: () => client.close(),
    };
  },
  "@openai/agents": async (how) => {
    const connection =
      how === "http"
        ? new MCPServerStreamableHttp({ url: server.url, requestInit: { headers } })
        : // Starting takes longer than its five seconds where the machine is busy.
          new MCPServerStdio({ ...server.stdio, clientSessionTimeoutSeconds: 60 });
    await connection.connect();
    const tools = await getAllMcpTools([connection]);
    return {
      names: tools.map(({ name }) => name),
      call: (name, args) => tools.find((tool) => tool.name === name).invoke({ context: {} }, JSON.stringify(args)),
      close: () => connection.close(),
    };
  },
  "@google/genai": async (how) => {
    const client = new Client({ name: "genai", version: "1.0.0" });
    await client.connect(
      how === "http"
        ? new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers } })
        : new StdioClientTransport({ ...server.stdio }),
    );
    const callable = mcpToTool(client, {});
    const { functionDeclarations } = await callable.tool();
    return {
      names: functionDeclarations.map(({ name }) => name),
      call: (name, args) => callable.callTool([{ name, args }]),
      close: () => client.close(),
    };
  },
};

for (const [name, connect] of Object.entries(clients)) {
  for (const how of ["http", "stdio"]) {
    const client = await connect(how);
    const answers = {};
    for (const tool of client.names) {
      try {
        answers[tool] = JSON.stringify(await client.call(tool, argumentsOf[`${name} ${how}`]?.[tool] ?? {})) ?? "";
      } catch (error) {
        answers[tool] = `threw ${error.message}`;
      }
    }
    await client.close();
    process.stdout.write(`${JSON.stringify({ client: name, how, answers })}\n`);
  }
}
process.exit(0);
