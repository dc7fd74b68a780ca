/** Reads one answer: a success that can be used, or the error that it is. The status is read before the body. */
import type { Envelope, endpoints } from "../api/index.ts";
import { ApiError, ServerError } from "./errors/api-errors.ts";
import { ConnectionError } from "./errors/call-errors.ts";
import { describeMissingVersion } from "./errors/missing-version.ts";
import { toApiError } from "./errors/to-api-error.ts";
import type { RequestTarget } from "./parse-request.ts";
import { readHeader, readServerDate } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type TransportResponse, tooLargeCode } from "./transport/transport.ts";
import type { EndpointName } from "./wire/endpoints.ts";
import { parseInstant } from "./wire/instant.ts";
import { type Json, parseObject } from "./wire/json.ts";

/** A success of some endpoint. */
export type AnyResponse = {
  status: number;
  /** As it came; a missing requestId or timestamp is filled in. */
  body: Json & Envelope;
  /** The server's time when it answered, in milliseconds; `null` where it does not say. */
  serverTime: number | null;
};

type InferAnswer<Answer> = Answer extends { schema: { _zod: { output: infer Body } } } ? Body : never;
type Answers<Name extends EndpointName> = (typeof endpoints)[Name]["answers"];

/** What a success of an endpoint carries, as documented. It passes unchecked: `onDrift` tells where it differs. */
export type ResponseBody<Name extends EndpointName> = InferAnswer<Answers<Name>[keyof Answers<Name>]> & Json & Envelope;

export type ApiResponse<Name extends EndpointName> = AnyResponse & { body: ResponseBody<Name> };

/**
 * What the server's clock showed at an instant of ours; `null` where the answer does not say. `now`: when it came. Both are
 * on the monotonic clock.
 */
export function toServerClock({ serverTime }: AnyResponse, instant: number, now: number): number | null {
  return serverTime === null ? null : serverTime - (now - instant);
}

/** Why a success cannot be used; `undefined` where it can. Nothing but what callers cannot do without is asked for. */
function findFlaw({ endpoint }: RequestTarget, body: Json | undefined): string | undefined {
  if (body === undefined) return "is not a JSON object";
  if (endpoint.method === "DELETE") return undefined;
  const { fields } = endpoint.answer;
  if ("data" in fields && !Array.isArray(body.data)) return "has no data list";
  if ("id" in fields && !(typeof body.id === "string" && body.id !== "") && typeof body.id !== "number")
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

/** @throws the error that a success is where its body cannot be used */
function checkUsable(
  target: RequestTarget,
  { status, incomplete }: TransportResponse,
  body: Json | undefined,
  requestId: string | undefined,
  redact: Redact,
): asserts body is Json {
  const { path } = target;
  const { method } = target.endpoint;
  const answer = `OnSync's answer to ${method} ${path} (${status})`;
  if (incomplete && "code" in incomplete && incomplete.code === tooLargeCode)
    throw new ApiError(`${answer} cannot be used: ${incomplete.message}`, {
      ...{ status, code: "answer_too_large", method, path, requestId },
      advice: "Ask for less at once (a smaller limit), or give the client a larger maxAnswerBytes.",
    });
  if (body === undefined && incomplete)
    throw new ConnectionError(`${answer} broke off before its end`, {
      sent: "unknown",
      requestId,
      cause: redact.error(incomplete),
    });
  const flaw = findFlaw(target, body);
  if (flaw === undefined) return;
  const missing = describeMissingVersion(target.baseUrl);
  const suspicion = missing ? `${missing}; if it is right` : "Check that the base URL is OnSync's API; if it is";
  throw new ServerError(`${answer} cannot be used: it ${flaw}`, {
    ...{ status, code: "unusable_answer", method, path, requestId },
    advice: `${suspicion}, write to support@onsync.com${requestId ? ` with request id ${requestId}` : ""}.`,
  });
}

/**
 * @param now of the client, in milliseconds
 * @throws the error of the tree that the answer stands for
 */
export function readResponse<Name extends EndpointName>(
  target: RequestTarget<Name>,
  response: TransportResponse,
  redact: Redact,
  now: number,
): ApiResponse<Name> {
  const { status, incomplete } = response;
  const parsed = parseObject(response.text);
  if (status < 200 || status >= 300) throw toApiError(target, response, parsed && redact.data(parsed), redact, now);

  // A DELETE may answer 204, without a body.
  const mayBeEmpty = target.endpoint.method === "DELETE" && !incomplete;
  const body = parsed ?? (mayBeEmpty && response.text.trim() === "" ? {} : undefined);
  const found = readRequestId(response, body);
  const requestId = found === undefined ? undefined : redact.text(found);
  checkUsable(target, response, body, requestId, redact);

  const serverTime = readServerTime(response, body);
  body.requestId = requestId ?? "";
  if (typeof body.timestamp !== "string") body.timestamp = new Date(serverTime ?? now).toISOString();
  return { status, body: body as ResponseBody<Name>, serverTime };
}
