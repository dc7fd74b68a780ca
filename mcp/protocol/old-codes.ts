/**
 * Error codes that the two eras write differently. The SDK writes those of 2026-07-28 in both; hosts of the era of sessions
 * know a resource that is not there by a code of its own.
 */
import { ProtocolErrorCode, type Server, type Transport } from "@modelcontextprotocol/server";

/** A resource that is not there, up to 2025-11-25. Since 2026-07-28 the SDK writes -32602 for it. */
export const resourceNotFound = -32002;

export function keepOldCodes(server: Server): void {
  const connect = server.connect.bind(server);
  server.connect = (transport: Transport) => {
    const send = transport.send.bind(transport);
    transport.send = (message, options) => {
      const error = "error" in message ? message.error : undefined;
      const isNotFound =
        error?.code === ProtocolErrorCode.InvalidParams && (error.data as { uri?: unknown })?.uri !== undefined;
      return send(isNotFound ? { ...message, error: { ...error, code: resourceNotFound } } : message, options);
    };
    return connect(transport);
  };
}
