/** A request to an MCP server over HTTP, as anybody may make one: without a client that keeps to the protocol. */
import type { McpHttp } from "../../mcp/http/app.ts";

export const endpoint = "http://127.0.0.1:4020/mcp";

export function createPost(headers: Record<string, string>, body: string | ReadableStream): Request {
  const common = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  return new Request(endpoint, {
    method: "POST",
    headers: { ...common, ...headers },
    body,
    duplex: "half",
  } as RequestInit);
}

/** @returns the answer's body; a header that no request can have is refused before it is sent */
export async function callOverHttp(
  http: McpHttp,
  headers: Record<string, string>,
  method: string,
  params: object,
): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  return (await http.fetch(createPost(headers, body))).text();
}
