/** Reads one answer: a success that can be used, or the error that it is. The status is read before the body. */
import type { Envelope } from "../api/index.ts";
import { type RequestTarget, toApiError } from "./errors/api-error.ts";
import { ApiError, ConnectionError, ServerError } from "./errors/errors.ts";
import { parseInstant } from "./instant.ts";
import { type Json, parseObject } from "./json.ts";
import { readHeader, readServerDate } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type TransportResponse, tooLargeCode } from "./transport/transport.ts";

export type ApiResponse = {
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
export function toServerClock({ serverTime }: ApiResponse, instant: number, now: number): number | null {
  return serverTime === null ? null : serverTime - (now - instant);
}

/** Why a success cannot be used; `undefined` where it can. Nothing but what callers cannot do without is asked for. */
function findFlaw({ endpoint }: RequestTarget, body: Json | undefined): string | undefined {
  if (body === undefined) return "is not a JSON object";
  if (endpoint.method === "DELETE") return undefined;
  const shape = Object.values(endpoint.answers)[0]?.schema.shape ?? {};
  if ("data" in shape && !Array.isArray(body.data)) return "has no data list";
  if ("id" in shape && !(typeof body.id === "string" && body.id !== "") && typeof body.id !== "number")
    return "has no id";
  return undefined;
}

function readRequestId(response: TransportResponse, body: Json | undefined): string | undefined {
  return typeof body?.requestId === "string" ? body.requestId : readHeader(response.headers, "x-request-id");
}

function readServerTime(response: TransportResponse, body: Json): number | null {
  const timestamp = parseInstant(body.timestamp);
  return Number.isNaN(timestamp) ? readServerDate(response.headers) : timestamp;
}

/**
 * @param now of the client, in milliseconds
 * @throws the error of the tree that the answer stands for
 */
export function readResponse(
  target: RequestTarget,
  response: TransportResponse,
  redact: Redact,
  now: number,
): ApiResponse {
  const { status, incomplete } = response;
  const parsed = parseObject(response.text);
  if (status < 200 || status >= 300) throw toApiError(target, response, parsed && redact.data(parsed), redact, now);

  const method = target.endpoint.method;
  const request = `${method} ${target.path}`;
  // A DELETE may answer 204, without a body.
  const body = parsed ?? (method === "DELETE" && response.text.trim() === "" && !incomplete ? {} : undefined);
  const found = readRequestId(response, body);
  const requestId = found === undefined ? undefined : redact.text(found);
  if (incomplete && "code" in incomplete && incomplete.code === tooLargeCode)
    throw new ApiError(`OnSync's answer to ${request} (${status}) cannot be used: ${incomplete.message}`, {
      status,
      code: "answer_too_large",
      method,
      path: target.path,
      requestId,
      advice: "Ask for less at once (a smaller limit), or give the client a larger maxAnswerBytes.",
    });
  if (body === undefined && incomplete)
    throw new ConnectionError(`OnSync's answer to ${request} (${status}) broke off before its end`, {
      sent: "unknown",
      requestId,
      cause: redact.error(incomplete),
    });
  const problem = findFlaw(target, body);
  if (body === undefined || problem !== undefined)
    throw new ServerError(`OnSync's answer to ${request} (${status}) cannot be used: it ${problem}`, {
      status,
      code: "unusable_answer",
      method,
      path: target.path,
      requestId,
      advice: `Check that the base URL is OnSync's API; if it is, write to support@onsync.com${requestId ? ` with request id ${requestId}` : ""}.`,
    });

  const serverTime = readServerTime(response, body);
  body.requestId = requestId ?? "";
  if (typeof body.timestamp !== "string") body.timestamp = new Date(serverTime ?? now).toISOString();
  return { status, body: body as Json & Envelope, serverTime };
}
