/** Hands events on to a web server of yours: the same body as OnSync sent, signed with the secret you share with it. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { signatureHeader, signPayload } from "../../api/signature.ts";
import { createOptionError } from "../../client/errors/option-error.ts";
import { readRetryAfter } from "../../client/rate-limit.ts";
import { type ProxyOptions, removeCredentials, toAgentProxies } from "../../http/proxy.ts";
import { type HandOn, type Sink, SinkUnavailableError } from "./sink.ts";

export type HttpSinkOptions = ProxyOptions & {
  url: string;
  /** Signs each request as OnSync does. A function is asked each time, so that a new secret counts at once. */
  secret: string | (() => string);
};

/** How much of an answer is quoted, in characters. */
const maxQuotedCharacters = 200;

/** An answer that goes on beyond this is taken to have no end, in bytes. */
const maxAnswerBytes = 1024 * 1024;

/** Nobody means a longer wait than a year, in milliseconds; beyond it stand figures that no store keeps. */
const maxRetryAfterMs = 365 * 24 * 60 * 60 * 1000;

/** Statuses that speak of the server, or of a proxy before it (407), and not of the event. */
const unavailableStatuses = [407, 408, 425, 429, 502, 503, 504];

/**
 * The headers of a hand-on. `X-OnSync-Delivery` is the event's id: a repeat carries the same. `X-OnSync-Sequence` grows
 * within an order key, so that a straggler of a receiver that was taken over can be told.
 */
export function createHandOnHeaders(event: HandOn, body: Uint8Array, secret: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "content-length": String(body.byteLength),
    "user-agent": "OnSync-Receiver/1.0",
    [signatureHeader]: signPayload(body, secret),
    "X-OnSync-Event": event.type.replace(/[^\x21-\x7e]/g, "?"),
    "X-OnSync-Delivery": event.id.replace(/[^\x21-\x7e]/g, "?"),
    "X-OnSync-Attempt": String(event.attempt),
    "X-OnSync-Order-Key": encodeURIComponent(event.key.toWellFormed()),
    "X-OnSync-Sequence": String(event.sequence),
  };
}

/**
 * How long the answer asks to be left alone, in milliseconds: seconds, or a date, which counts from the answer's own
 * `Date`. Of several lines the longest wait counts.
 *
 * @returns `null` where it does not ask
 */
function readRetryAfterMs({ headers, headersDistinct }: IncomingMessage): number | null {
  const { date } = headers;
  const waits = (headersDistinct["retry-after"] ?? [])
    .flatMap((line) => (/^[\d.,\s]+$/.test(line) ? line.split(",") : [line]))
    // Status 0: the rate-limit headers, which count for a 429 of OnSync, mean nothing here.
    .map((line) => readRetryAfter(0, { "retry-after": line, ...(date !== undefined && { date }) }, Date.now()))
    .filter((wait) => wait !== null);
  return waits.length === 0 ? null : Math.min(Math.max(...waits), maxRetryAfterMs);
}

/**
 * Reads the answer to its end: an answer that is cut off, or never ends, is none.
 *
 * @returns its beginning
 */
async function readAnswer(response: IncomingMessage): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop destroys the connection.
  for await (const part of response as AsyncIterable<Buffer>) {
    if (bytes < 4 * maxQuotedCharacters) kept.push(part);
    bytes += part.byteLength;
    if (bytes > maxAnswerBytes) throw new Error(`its answer goes on after ${maxAnswerBytes / 1024 / 1024} MiB`);
  }
  const text = Buffer.concat(kept).toString("utf8");
  return text.replace(/\s+/g, " ").trim().slice(0, maxQuotedCharacters);
}

/**
 * @throws TypeError when the URL is not one
 * @throws ValidationError when a proxy's is not
 */
export function httpSink({ url, secret, ...proxyOptions }: HttpSinkOptions): Sink {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({
    keepAlive: true,
    proxyEnv: toAgentProxies(proxyOptions, createOptionError),
  });
  const request = secure ? httpsRequest : httpRequest;

  const post = (event: HandOn, signal: AbortSignal): Promise<IncomingMessage> => {
    const body = Buffer.from(event.body);
    const headers = createHandOnHeaders(event, body, typeof secret === "string" ? secret : secret());
    const outgoing = request(target, { method: "POST", agent, headers, signal });
    return new Promise((resolve, reject) => {
      outgoing.once("response", resolve);
      // There may be several: a server that hangs up while the body is being sent is told of for each part.
      outgoing.on("error", (error) => reject(createUnreachableError(target, error)));
      // After an answer this changes nothing. Without one (a server that switches protocols) there is none to come.
      outgoing.once("close", () =>
        reject(createUnreachableError(target, new Error("it closed the connection without an answer"))),
      );
      outgoing.end(body);
    });
  };

  return {
    name: `${target.origin}${target.pathname}`,
    async handOn(event, signal) {
      const response = await post(event, signal);
      const { statusCode: status = 0 } = response;
      const said = await readAnswer(response).catch((error: Error) => {
        const message = `${target.origin} answered ${status}, and the answer did not end: ${error.message}`;
        throw new SinkUnavailableError(message, { cause: error, retryAfterMs: readRetryAfterMs(response) });
      });
      if (status >= 200 && status < 300) return;
      const message = `${target.origin} answered ${status}${said === "" ? "" : `: ${said}`}`;
      const retryAfterMs = readRetryAfterMs(response);
      // Who says when to come again does not refuse the event, whatever the status.
      if (retryAfterMs !== null || unavailableStatuses.includes(status))
        throw new SinkUnavailableError(message, { retryAfterMs });
      throw new Error(message);
    },
    async close() {
      agent.destroy();
    },
  };
}

/** Whatever goes wrong with a connection, from the name's lookup to the answer's last byte, is no word on the event. */
function createUnreachableError({ origin }: URL, error: unknown): SinkUnavailableError {
  const { message, code } = removeCredentials(error) as Error & { code?: string };
  return new SinkUnavailableError(`${origin} cannot be reached: ${message || code}`, { cause: error });
}
