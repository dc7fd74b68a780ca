/** Reads one answer: a success that can be used, or the error that it is. The status is read before the body. */
import type { Envelope } from "../api/index.ts";
import { type Asked, refusal } from "./errors/api-error.ts";
import { ApiError, ConnectionError, ServerError } from "./errors/errors.ts";
import { instantOf } from "./instant.ts";
import { type Json, parseObject } from "./json.ts";
import { dateOf, headerOf } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type TransportResponse, tooLargeCode } from "./transport/transport.ts";

export type Answer = {
  status: number;
  /** As it came; a missing requestId or timestamp is filled in. */
  body: Json & Envelope;
  /** The server's time when it answered, in milliseconds; `null` where it does not say. */
  serverTime: number | null;
};

/**
 * What the server's clock showed at an instant of ours; `null` where the answer does not say. `now`: when it came. Both are
 * on the monotonic clock.
 */
export function onServerClock({ serverTime }: Answer, instant: number, now: number): number | null {
  return serverTime === null ? null : serverTime - (now - instant);
}

/** Why a success cannot be used; `undefined` where it can. Nothing but what callers cannot do without is asked for. */
function flaw({ endpoint }: Asked, body: Json | undefined): string | undefined {
  if (body === undefined) return "is not a JSON object";
  if (endpoint.method === "DELETE") return undefined;
  const shape = Object.values(endpoint.answers)[0]?.schema.shape ?? {};
  if ("data" in shape && !Array.isArray(body.data)) return "has no data list";
  if ("id" in shape && !(typeof body.id === "string" && body.id !== "") && typeof body.id !== "number")
    return "has no id";
  return undefined;
}

function requestIdOf(response: TransportResponse, body: Json | undefined): string | undefined {
  return typeof body?.requestId === "string" ? body.requestId : headerOf(response.headers, "x-request-id");
}

function serverTimeOf(response: TransportResponse, body: Json): number | null {
  const timestamp = instantOf(body.timestamp);
  return Number.isNaN(timestamp) ? dateOf(response.headers) : timestamp;
}

/**
 * @param now of the client, in milliseconds
 * @throws the error of the tree that the answer stands for
 */
export function readAnswer(asked: Asked, response: TransportResponse, redact: Redact, now: number): Answer {
  const { status, incomplete } = response;
  const parsed = parseObject(response.text);
  if (status < 200 || status >= 300) throw refusal(asked, response, parsed && redact.data(parsed), redact, now);

  const method = asked.endpoint.method;
  const request = `${method} ${asked.path}`;
  // A DELETE may answer 204, without a body.
  const body = parsed ?? (method === "DELETE" && response.text.trim() === "" && !incomplete ? {} : undefined);
  const found = requestIdOf(response, body);
  const requestId = found === undefined ? undefined : redact.text(found);
  if (incomplete && "code" in incomplete && incomplete.code === tooLargeCode)
    throw new ApiError(`OnSync's answer to ${request} (${status}) cannot be used: ${incomplete.message}`, {
      status,
      code: "answer_too_large",
      method,
      path: asked.path,
      requestId,
      advice: "Ask for less at once (a smaller limit), or give the client a larger maxAnswerBytes.",
    });
  if (body === undefined && incomplete)
    throw new ConnectionError(`OnSync's answer to ${request} (${status}) broke off before its end`, {
      sent: "unknown",
      requestId,
      cause: redact.error(incomplete),
    });
  const problem = flaw(asked, body);
  if (body === undefined || problem !== undefined)
    throw new ServerError(`OnSync's answer to ${request} (${status}) cannot be used: it ${problem}`, {
      status,
      code: "unusable_answer",
      method,
      path: asked.path,
      requestId,
      advice: `Check that the base URL is OnSync's API; if it is, write to support@onsync.com${requestId ? ` with request id ${requestId}` : ""}.`,
    });

  const serverTime = serverTimeOf(response, body);
  body.requestId = requestId ?? "";
  if (typeof body.timestamp !== "string") body.timestamp = new Date(serverTime ?? now).toISOString();
  return { status, body: body as Json & Envelope, serverTime };
}
