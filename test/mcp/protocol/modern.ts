/** Requests of revision 2026-07-28, written out: each says all there is to know of its client. */
import { endpoint, post } from "../http/requests.ts";

export const revision = "2026-07-28";

export type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: tests reach into the answers of every method
  result?: any;
  error?: { code: number; message: string; data?: Record<string, unknown> };
};

/** What each request says of its client. */
export function createMeta({ capabilities = {}, version = revision }: Pick<Asked, "capabilities" | "version"> = {}) {
  return {
    "io.modelcontextprotocol/protocolVersion": version,
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
}

type Asked = {
  capabilities?: object;
  /** Over what the request says by itself. */
  headers?: Record<string, string | undefined>;
  version?: string;
};

export function modernRequest(
  method: string,
  params: Record<string, unknown> = {},
  { capabilities = {}, headers = {}, version = revision }: Asked = {},
  url = endpoint,
): Request {
  const name = params.name ?? params.uri;
  const all = {
    "mcp-protocol-version": version,
    "mcp-method": method,
    ...(typeof name === "string" && { "mcp-name": name }),
    ...headers,
  };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const _meta = createMeta({ capabilities, version });
  return post(Object.fromEntries(present), { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } }, url);
}

export type Fetching = { fetch(request: Request): Promise<Response> };

export async function ask(
  http: Fetching,
  method: string,
  params: Record<string, unknown> = {},
  asked: Asked = {},
): Promise<Answer & { status: number }> {
  const response = await http.fetch(modernRequest(method, params, asked));
  return { ...((await response.json()) as Answer), status: response.status };
}
