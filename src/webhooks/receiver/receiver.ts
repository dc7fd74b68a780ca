/**
 * The webhook receiver for anyone's server: verifies a delivery, keeps its event, and acknowledges it when it is on disk.
 *
 * ```ts
 * const store = openSqliteStore({ file: "events.db" });
 * const receiver = createReceiver({ secrets: [process.env.ONSYNC_WEBHOOK_SECRET], store });
 * http.createServer(receiver.node).listen(4030);           // or: app.post("/hooks", (c) => receiver.fetch(c.req.raw))
 * startDispatcher({ store, sink: functionSink(async (event) => { … }) });
 * ```
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Clock, systemClock } from "../../client/clock.ts";
import { createTruncatingLog } from "../../log-limits.ts";
import type { EventLogger } from "../logger.ts";
import type { EventStore } from "../store/store.ts";
import { BodyReader } from "./body.ts";
import type { DeliveryEvent } from "./delivery.ts";
import { answerNodeRequest } from "./node.ts";
import { type ReceiverContext, receiveDelivery } from "./receive.ts";
import { fixSecrets, type Secrets } from "./secrets.ts";
import { answerWebRequest } from "./web.ts";

export type ReceiverOptions = {
  /** One or more, newest first; an object where they change while the receiver runs. */
  secrets: readonly string[] | Secrets;
  store: Pick<EventStore, "accept">;
  /** Milliseconds a body may take to arrive. 10 seconds by default, which is as long as OnSync waits. */
  bodyTimeoutMs?: number;
  /** Milliseconds the store may take. 8 seconds by default, so that OnSync is told before it hangs up. */
  storeTimeoutMs?: number;
  /** Bytes of bodies held in memory at once. 64 MiB by default. */
  maxBytesUnderWay?: number;
  /**
   * Milliseconds: a delivery is refused whose event was created longer ago, by its own `createdAt`. No limit by default.
   * OnSync's attempts are over within a quarter of an hour; and where this is no more than the store keeps events for, nobody
   * who caught a delivery gets it in again once its event is forgotten.
   */
  maxAgeMs?: number;
  clock?: Clock;
  log?: EventLogger;
  /** Told of each delivery that was answered, for whoever counts them. What it throws is ignored. */
  onDelivery?: ((event: DeliveryEvent) => void) | undefined;
};

export type Receiver = {
  /** Answers 200 when the event is kept (also when it was before), 400, 401, 405, 408, 409, 413, 415, 422, or 503 with Retry-After. */
  fetch(request: Request): Promise<Response>;
  /** The same for `node:http`. */
  node(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
};

/** @throws TypeError when there is no secret, or `maxAgeMs` is no age */
export function createReceiver(options: ReceiverOptions): Receiver {
  const { store, storeTimeoutMs = 8000, bodyTimeoutMs = 10_000, maxBytesUnderWay = 64 * 1024 * 1024 } = options;
  const { maxAgeMs, clock = systemClock, log = () => {}, onDelivery } = options;
  if (maxAgeMs !== undefined && !(maxAgeMs > 0)) throw new TypeError("createReceiver: maxAgeMs must be above 0");
  const context: ReceiverContext = {
    secrets: "current" in options.secrets ? options.secrets : fixSecrets(options.secrets),
    bodies: new BodyReader({ timeoutMs: bodyTimeoutMs, maxBytesUnderWay, clock }),
    store,
    storeTimeoutMs,
    maxAgeMs,
    clock,
    log: createTruncatingLog(log),
    onDelivery,
  };
  return {
    fetch: (request) => answerWebRequest(request, (delivery) => receiveDelivery(context, delivery)),
    node: (incoming, outgoing) =>
      answerNodeRequest(incoming, outgoing, (delivery) => receiveDelivery(context, delivery)),
  };
}
