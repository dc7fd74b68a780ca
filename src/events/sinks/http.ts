/** Hands events on to a web server of yours: the same body as OnSync sent, signed with the secret you share with it. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { agentProxies, type ProxyOptions } from "../../client/proxy.ts";
import { signatureHeader, signPayload } from "../signature.ts";
import { type HandOn, isNetworkError, type Sink, SinkUnavailableError } from "./sink.ts";

export type HttpSinkOptions = ProxyOptions & {
  url: string;
  /** Signs each request as OnSync does. A function is asked each time, so that a new secret counts at once. */
  secret: string | (() => string);
};

/** More is not read of an answer: its status is what counts. */
const shownCharacters = 200;

/** Statuses that speak of the server, or of a proxy before it (407), and not of the event. */
const unavailableStatuses = [407, 408, 429, 502, 503, 504];

/**
 * The headers of a hand-on. `X-OnSync-Delivery` is the event's id: a repeat carries the same. `X-OnSync-Sequence` grows
 * within an order key, so that a straggler of a receiver that was taken over can be told.
 */
export const handOnHeaders = (event: HandOn, body: Uint8Array, secret: string): Record<string, string> => ({
  "content-type": "application/json",
  "content-length": String(body.byteLength),
  "user-agent": "OnSync-Receiver/1.0",
  [signatureHeader]: signPayload(body, secret),
  "X-OnSync-Event": event.type.replace(/[^\x21-\x7e]/g, "?"),
  "X-OnSync-Delivery": event.id.replace(/[^\x21-\x7e]/g, "?"),
  "X-OnSync-Attempt": String(event.attempt),
  "X-OnSync-Order-Key": encodeURIComponent(event.key),
  "X-OnSync-Sequence": String(event.sequence),
});

const retryAfter = ({ headers }: IncomingMessage): number | null => {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 3600) * 1000 : null;
};

const beginning = async (response: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const part of response.setEncoding("utf8")) {
    text += part;
    if (text.length > shownCharacters) break;
  }
  return text.slice(0, shownCharacters).replace(/\s+/g, " ").trim();
};

/**
 * @throws TypeError when the URL is not one
 * @throws ValidationError when a proxy's is not
 */
export const httpSink = ({ url, secret, ...proxyOptions }: HttpSinkOptions): Sink => {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, proxyEnv: agentProxies(proxyOptions) });
  const request = secure ? httpsRequest : httpRequest;

  const post = (event: HandOn, signal: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const body = Buffer.from(event.body);
      const headers = handOnHeaders(event, body, typeof secret === "string" ? secret : secret());
      const outgoing = request(target, { method: "POST", agent, headers, signal }, resolve);
      outgoing.once("error", reject);
      outgoing.end(body);
    });

  return {
    name: `${target.origin}${target.pathname}`,
    async handOn(event, signal) {
      let response: IncomingMessage;
      try {
        response = await post(event, signal);
      } catch (error) {
        if (!isNetworkError(error)) throw error;
        throw new SinkUnavailableError(`${target.origin} cannot be reached: ${(error as Error).message}`, {
          cause: error,
        });
      }
      const { statusCode: status = 0 } = response;
      if (status >= 200 && status < 300) {
        response.resume();
        return;
      }
      const said = await beginning(response).catch(() => "");
      const message = `${target.origin} answered ${status}${said === "" ? "" : `: ${said}`}`;
      if (unavailableStatuses.includes(status))
        throw new SinkUnavailableError(message, { retryAfterMs: retryAfter(response) });
      throw new Error(message);
    },
    async close() {
      agent.destroy();
    },
  };
};
