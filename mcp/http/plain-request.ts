/**
 * What most requests are: one message that wants one answer, as JSON. It needs none of what the SDK's transport for HTTP has
 * for sessions, batches and streams. What that would refuse is left to it.
 */
import {
  isJSONRPCRequest,
  isJsonContentType,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type Server,
  SUPPORTED_PROTOCOL_VERSIONS,
  type Transport,
} from "@modelcontextprotocol/server";
import { wantsStream } from "./message.ts";

/** Whether a request of the era of sessions is one that the SDK's transport would take and answer by one message. */
export function isPlainRequest({ headers }: Request, message: unknown): message is JSONRPCRequest {
  const accept = headers.get("accept") ?? "";
  const revision = headers.get("mcp-protocol-version");
  return (
    isJSONRPCRequest(message) &&
    message.method !== "initialize" &&
    !wantsStream(message) &&
    accept.includes("application/json") &&
    accept.includes("text/event-stream") &&
    isJsonContentType(headers.get("content-type")) &&
    (revision === null || SUPPORTED_PROTOCOL_VERSIONS.includes(revision))
  );
}

/** @returns the server's answer. Never, where the server is closed before. */
export async function answerPlainRequest(
  server: Server,
  message: JSONRPCRequest,
  request: Request,
): Promise<JSONRPCMessage> {
  const answer = Promise.withResolvers<JSONRPCMessage>();
  const transport: Transport = {
    start: async () => {},
    send: async (sent) => {
      // What the server tells or asks meanwhile has no way to a client that waits for one answer.
      if (!("method" in sent)) answer.resolve(sent);
    },
    close: async () => transport.onclose?.(),
  };
  await server.connect(transport);
  transport.onmessage?.(message, { request });
  return answer.promise;
}
