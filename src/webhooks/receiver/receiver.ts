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
import { signatureHeader } from "../../api/signature.ts";
import { type Clock, systemClock } from "../../client/clock.ts";
import { SignatureError } from "../../client/errors/index.ts";
import { createTruncatingLog } from "../../log-limits.ts";
import type { EventLogger } from "../logger.ts";
import { EventConflictError, type EventStore } from "../store/store.ts";
import { BodyReader, RejectedBodyError } from "./body.ts";
import { MalformedEventError, parseEvent } from "./verify.ts";

/** The secrets deliveries may be signed with. */
export type Secrets = {
  /** Newest first. */
  current(): readonly string[];
  /** Looks for new ones before a delivery is refused; whether there are any. A rotation then refuses nobody. */
  refresh?(): Promise<boolean>;
};

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
};

export type Receiver = {
  /** Answers 200 when the event is kept (also when it was before), 400, 401, 405, 408, 409, 413, 415, 422, or 503 with Retry-After. */
  fetch(request: Request): Promise<Response>;
  /** The same for `node:http`. */
  node(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void>;
};

type Delivery = {
  method: string;
  header(name: string): string | null;
  body: AsyncIterable<Uint8Array> | null;
};

type Answer = { status: number; headers: Record<string, string>; text: string };

const retryAfterSeconds = 5;

function createAnswer(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    text: JSON.stringify({ [status < 300 ? "received" : "error"]: message }),
  };
}

function isJson(type: string | null): boolean {
  return /^application\/([\w.-]+\+)?json$/i.test(type?.split(";", 1)[0]?.trim() ?? "");
}

export function createReceiver(options: ReceiverOptions): Receiver {
  const { store, storeTimeoutMs = 8000, maxAgeMs, clock = systemClock } = options;
  const log: EventLogger = createTruncatingLog(options.log ?? (() => {}));
  if (maxAgeMs !== undefined && !(maxAgeMs > 0)) throw new TypeError("createReceiver: maxAgeMs must be above 0");
  const secrets: Secrets = "current" in options.secrets ? options.secrets : toSecrets(options.secrets);
  const bodies = new BodyReader({
    timeoutMs: options.bodyTimeoutMs ?? 10_000,
    maxBytesUnderWay: options.maxBytesUnderWay ?? 64 * 1024 * 1024,
    clock,
  });

  const parse = async (body: Buffer, signature: string | null) => {
    // One that is just being made known: there is nothing yet to refuse with.
    if (secrets.current().length === 0 && !(await secrets.refresh?.()))
      throw new RejectedBodyError(503, "This receiver has no secret yet: deliver this again shortly.");
    try {
      return parseEvent(body, signature, secrets.current());
    } catch (error) {
      if (!(error instanceof SignatureError) || !(await secrets.refresh?.())) throw error;
      return parseEvent(body, signature, secrets.current());
    }
  };

  const inTime = async <Result>(work: Promise<Result>): Promise<Result> => {
    const timer = new AbortController();
    try {
      const late = clock.sleep(storeTimeoutMs, timer.signal).then(() => {
        throw new Error(`the event store did not answer within ${storeTimeoutMs / 1000} s`);
      });
      late.catch(() => {});
      return await Promise.race([work, late]);
    } finally {
      timer.abort();
    }
  };

  const receive = async ({ method, header, body }: Delivery): Promise<Answer> => {
    if (method !== "POST")
      return createAnswer(405, "OnSync posts its webhook deliveries here: use POST.", { allow: "POST" });
    if (!isJson(header("content-type")))
      return createAnswer(415, "A delivery is JSON: send Content-Type: application/json.");
    const raw = await bodies.read(body, header("content-length"));
    const event = await parse(raw, header(signatureHeader));
    // What is no time has no age either.
    if (maxAgeMs !== undefined && !(clock.now() - Date.parse(event.createdAt) <= maxAgeMs)) {
      const { id, type, createdAt } = event;
      log("warn", "delivery refused: its event is too old", { status: 422, event: id, type, createdAt, maxAgeMs });
      return createAnswer(
        422,
        `The event is older than this receiver takes: ${maxAgeMs / 1000} seconds by its createdAt.`,
      );
    }
    let isNew: boolean;
    try {
      isNew = await inTime(store.accept({ event, body: raw.toString("utf8") }));
    } catch (error) {
      if (error instanceof EventConflictError) {
        const { id, type, orgId } = event;
        log("error", "event not kept: its org has another event of this id", { event: id, type, org: orgId });
        return createAnswer(409, error.message);
      }
      log("error", "event not kept: OnSync is asked to deliver it again", { event: event.id, err: error });
      return createAnswer(503, "The event cannot be kept now: deliver it again.", {
        "retry-after": String(retryAfterSeconds),
      });
    }
    log("debug", isNew ? "event received" : "event received again", { event: event.id, type: event.type });
    return createAnswer(200, event.id);
  };

  /** What is refused is not stored. */
  const refusal = (error: unknown): Answer => {
    const status =
      error instanceof RejectedBodyError
        ? error.status
        : error instanceof SignatureError
          ? 401
          : error instanceof MalformedEventError
            ? 400
            : 500;
    if (status === 500) log("error", "delivery failed", { err: error });
    else log("warn", "delivery refused", { status, reason: (error as Error).message });
    return createAnswer(status, status === 500 ? "An error of this receiver's own." : (error as Error).message, {
      ...(status >= 500 && { "retry-after": String(retryAfterSeconds) }),
    });
  };

  const handle = (delivery: Delivery): Promise<Answer> => receive(delivery).catch(refusal);

  return {
    async fetch(request) {
      const { status, headers, text } = await handle({
        method: request.method,
        header: (name) => request.headers.get(name),
        body: request.body,
      });
      return new Response(text, { status, headers });
    },
    async node(incoming, outgoing) {
      const { status, headers, text } = await handle({
        method: incoming.method ?? "",
        header: (name) => {
          const value = incoming.headers[name.toLowerCase()];
          return Array.isArray(value) ? value.join(", ") : (value ?? null);
        },
        body: readWithoutDestroying(incoming),
      });
      outgoing.writeHead(status, { ...headers, "content-length": Buffer.byteLength(text) }).end(text);
      if (!incoming.complete) discardRest(incoming);
    },
  };
}

function toSecrets(list: readonly string[]): Secrets {
  if (list.every((secret) => secret === ""))
    throw new TypeError("createReceiver: no secret given; pass the endpoint's secret, or several while rotating");
  return { current: () => list };
}

/** Leaving the loop early must not take the connection down before the answer is written. */
function readWithoutDestroying(incoming: IncomingMessage): AsyncIterable<Uint8Array> {
  return incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array> & AsyncIterator<Uint8Array>;
}

/** Closed at once, a sender that still sends would not get to read the answer; a sender that goes on for ever is cut. */
const lingerMs = 1000;

function discardRest(incoming: IncomingMessage): void {
  const cut = setTimeout(() => incoming.destroy(), lingerMs);
  incoming.once("close", () => clearTimeout(cut));
  incoming.resume();
}
