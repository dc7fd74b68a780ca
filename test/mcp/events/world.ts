/** A server whose hosts have events delivered, an endpoint of theirs, and a clock that a test moves. */
import { setImmediate as turn } from "node:timers/promises";
import { createMemorySubscriptions, type SubscriptionStore } from "../../../mcp/events/subscription.ts";
import { createMcpHttp, type McpHttpOptions } from "../../../mcp/index.ts";
import { createEventLog } from "../../../src/webhooks/log/event-log.ts";
import { bearer, token } from "../http/requests.ts";
import { ask } from "../protocol/modern.ts";
import { scripted } from "../session.ts";
import { createEndpoint, secret, url } from "./endpoint.ts";

export const name = "message.created";

export function start({
  endpoint = createEndpoint(),
  store = createMemorySubscriptions() as SubscriptionStore,
  ...more
} = {}) {
  const time = { now: Date.parse("2026-11-01T12:00:00.000Z") };
  const slept: number[] = [];
  const events = createEventLog();
  const options: McpHttpOptions = {
    onsync: scripted({}),
    events,
    token,
    eventSubscriptions: store,
    deliver: endpoint.deliver,
    now: () => time.now,
    // Retries come at once; what a body may take does not end here.
    sleep: async (ms, signal) => {
      if (ms > 4_000_000) return new Promise(() => {});
      if (signal?.aborted) throw signal.reason;
      slept.push(ms);
      await turn();
    },
    ...more,
  };
  const http = createMcpHttp(options);
  const request = (method: string, params: Record<string, unknown>, headers: Record<string, string> = bearer) =>
    ask(http, method, params, { headers });
  return {
    endpoint,
    store,
    events,
    time,
    slept,
    http,
    request,
    subscribe: (params: Record<string, unknown> = {}, delivery: Record<string, unknown> = {}) =>
      request("events/subscribe", { name, delivery: { mode: "webhook", url, secret, ...delivery }, ...params }),
    [Symbol.dispose]: () => http.close(),
  };
}
