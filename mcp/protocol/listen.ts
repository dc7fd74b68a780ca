/**
 * `subscriptions/listen` of 2026-07-28. The SDK answers the request and hands on what is told; which resources a client
 * listens to is read here, so that no others are watched.
 */
import type { JSONRPCMessage, RequestId, Transport } from "@modelcontextprotocol/server";
import { systemClock } from "../../src/client/clock.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { createSubscriptions, type Subscriptions } from "../surface/subscriptions.ts";

/** The addresses that a message asks to be told of; none where it is another message. */
export function readListenedUris(message: unknown): string[] {
  const { method, params } = (message ?? {}) as { method?: unknown; params?: { notifications?: unknown } | null };
  if (method !== "subscriptions/listen") return [];
  const { resourceSubscriptions } = (params?.notifications ?? {}) as { resourceSubscriptions?: unknown };
  return Array.isArray(resourceSubscriptions)
    ? resourceSubscriptions.filter((uri): uri is string => typeof uri === "string")
    : [];
}

/** Watches what is listened to over one connection. */
export function watchListening(changes: EventReader) {
  /** By the request that asked: it ends by its id. */
  const listening = new Map<RequestId, Subscriptions>();
  let tell: (uri: string) => Promise<void> = async () => {};

  const open = (id: RequestId, uris: readonly string[]) => {
    const subscriptions = createSubscriptions(changes, (uri) => void tell(uri).catch(() => {}), systemClock.sleep);
    for (const uri of uris) subscriptions.add(uri);
    listening.get(id)?.close();
    listening.set(id, subscriptions);
  };

  return {
    /** @param send tells all who listen to an address that it has changed */
    tellThrough(send: (uri: string) => Promise<void>): void {
      tell = send;
    },
    /** @param transport of a server that is connected */
    attach(transport: Transport): void {
      const { onmessage } = transport;
      transport.onmessage = (message: JSONRPCMessage, extra) => {
        const uris = readListenedUris(message);
        if (uris.length > 0 && "id" in message && message.id !== undefined) open(message.id, uris);
        if ("method" in message && message.method === "notifications/cancelled")
          listening.get((message.params as { requestId: RequestId }).requestId)?.close();
        onmessage?.(message, extra);
      };
    },
    close(): void {
      for (const subscriptions of listening.values()) subscriptions.close();
    },
  };
}
