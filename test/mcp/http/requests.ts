import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { createMcpHttp, type McpHttpOptions } from "../../../mcp/index.ts";
import { everyToolset, scripted } from "../session.ts";

export const endpoint = "http://127.0.0.1:4020/mcp";

export const token = "a-long-random-token";

export const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };

export function post(headers: Record<string, string> = {}, body: unknown = list, url = endpoint) {
  return new Request(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

export function serve(options: Partial<McpHttpOptions> = {}) {
  return createMcpHttp({ onsync: scripted({}), safety: everyToolset, ...options });
}

export const bearer = { authorization: `Bearer ${token}` };

export async function clientOf(
  url: string,
  options: ConstructorParameters<typeof StreamableHTTPClientTransport>[1] = {},
) {
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options));
  return client;
}
