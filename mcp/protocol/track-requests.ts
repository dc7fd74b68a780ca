/** Counts the requests under way, so that closing can wait for their answers. */
import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/server";

/** Requests that are answered when the server closes, and not before. */
const lastingMethods = ["subscriptions/listen", "events/stream"];

/** @param transport of a server that is connected */
export function trackRequests(transport: Transport) {
  const pending = new Set<RequestId>();
  let idle = Promise.withResolvers<void>();
  const settle = (id: RequestId) => {
    if (pending.delete(id) && pending.size === 0) {
      idle.resolve();
      idle = Promise.withResolvers();
    }
  };
  const { onmessage } = transport;
  const send = transport.send.bind(transport);
  transport.onmessage = (message: JSONRPCMessage, extra) => {
    if ("method" in message && "id" in message && !lastingMethods.includes(message.method)) pending.add(message.id);
    onmessage?.(message, extra);
    // A cancelled request gets no answer.
    if ("method" in message && message.method === "notifications/cancelled")
      settle((message.params as { requestId: RequestId }).requestId);
  };
  transport.send = async (message, options) => {
    await send(message, options);
    if (!("method" in message) && message.id !== undefined) settle(message.id);
  };
  return { waitForAnswers: () => (pending.size === 0 ? Promise.resolve() : idle.promise) };
}
