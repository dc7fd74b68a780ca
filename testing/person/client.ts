/** A host's end of the protocol, which says whatever it is told to: in a session of the older era, or a request at a time. */
import type { JSONRPCMessage, Transport } from "@modelcontextprotocol/server";
import type { McpHttp } from "../../mcp/http/app.ts";
import { createMcpServer, type McpOptions } from "../../mcp/index.ts";

export type Json = Record<string, unknown>;

/** How the host's person answers a question that the server has it ask. */
export type AnswerQuestion = (message: string) => Json;

export type RawClient = {
  /** The answer's result or error, whole. */
  request(method: string, params: Json): Promise<Json>;
  close(): Promise<void>;
};

const modernRevision = "2026-07-28";
const meta = "io.modelcontextprotocol/";

/** A session over a pipe: questions come as requests of the server's. */
export async function openSession(options: McpOptions, capabilities: Json, answer: AnswerQuestion): Promise<RawClient> {
  const waiting = new Map<unknown, (message: Json) => void>();
  let id = 0;
  const transport: Transport = {
    async start() {},
    async close() {
      transport.onclose?.();
    },
    async send(message) {
      const { id: about, method, params } = message as Json;
      if (method === undefined) return waiting.get(about)?.(message as Json);
      if (about === undefined) return undefined;
      const result = method === "elicitation/create" ? answer(String((params as Json).message)) : {};
      queueMicrotask(() => transport.onmessage?.({ jsonrpc: "2.0", id: about, result } as JSONRPCMessage));
      return undefined;
    },
  };
  const server = createMcpServer(options);
  await server.connect(transport);
  const request = (method: string, params: Json): Promise<Json> =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      transport.onmessage?.({ jsonrpc: "2.0", id, method, params } as JSONRPCMessage);
    });
  const clientInfo = { name: "adversary", version: "1" };
  await request("initialize", { protocolVersion: "2025-11-25", capabilities, clientInfo });
  transport.onmessage?.({ jsonrpc: "2.0", method: "notifications/initialized" });
  return { request, close: () => server.close() };
}

/** Requests of the newer era over HTTP: a question comes as a result, and its answer with the same request again. */
export function openRequests(http: Pick<McpHttp, "fetch">, capabilities: Json, answer: AnswerQuestion): RawClient {
  let id = 0;
  const post = async (method: string, params: Json): Promise<Json> => {
    const _meta = {
      [`${meta}protocolVersion`]: modernRevision,
      [`${meta}clientInfo`]: { name: "adversary", version: "1" },
      [`${meta}clientCapabilities`]: capabilities,
    };
    const name = typeof params.name === "string" ? params.name : params.uri;
    const response = await http.fetch(
      new Request("http://127.0.0.1:4020/mcp", {
        method: "POST",
        headers: {
          host: "127.0.0.1:4020",
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": modernRevision,
          "mcp-method": method,
          ...(typeof name === "string" && /^[\x21-\x7e]+$/.test(name) && { "mcp-name": name }),
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params: { ...params, _meta } }),
      }),
    );
    const text = await response.text();
    const line = text.startsWith("{") ? text : /^data: (.*)$/m.exec(text)?.[1];
    return line === undefined ? { error: text } : (JSON.parse(line) as Json);
  };
  return {
    async request(method, params) {
      const first = await post(method, params);
      const question = first.result as
        | { inputRequests?: { send?: { params: Json } }; requestState?: string }
        | undefined;
      const asked = question?.inputRequests?.send;
      if (!asked) return first;
      const inputResponses = { send: answer(String(asked.params.message)) };
      return post(method, { ...params, inputResponses, requestState: question?.requestState });
    },
    async close() {},
  };
}
