/** `resources/subscribe` of the era of sessions: the session's host is told of resources that change. */
import { ProtocolError, ProtocolErrorCode, type Server } from "@modelcontextprotocol/server";
import { systemClock } from "../../src/client/clock.ts";
import type { EventReader } from "../../src/webhooks/log/event-log.ts";
import { createSubscriptions } from "../surface/subscriptions.ts";

export function handleSubscriptions(server: Server, changes: EventReader): void {
  const subscriptions = createSubscriptions(
    changes,
    (uri) => void server.sendResourceUpdated({ uri }).catch(() => {}),
    systemClock.sleep,
  );
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    if (subscriptions.add(uri)) return {};
    throw new ProtocolError(
      ProtocolErrorCode.InvalidParams,
      "This resource does not change: subscribe to a contact or a conversation.",
    );
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    subscriptions.remove(uri);
    return {};
  });
  const { onclose } = server;
  server.onclose = () => {
    subscriptions.close();
    onclose?.();
  };
}
