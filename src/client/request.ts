/** One request: carried by the transport once, its answer read. Whether it is made again is decided in `retry.ts`. */
import type { EndpointName } from "../api/index.ts";
import { monotonicNow } from "./clock.ts";
import type { ClientContext } from "./context.ts";
import { AbortedError, type Deadline, type WorkResult, withDeadline } from "./deadline.ts";
import { TimeoutError } from "./errors/call-errors.ts";
import { isOnSyncError } from "./errors/guards.ts";
import { toConnectionError } from "./errors/to-connection-error.ts";
import { notifyHook } from "./hooks.ts";
import type { PreparedRequest } from "./parse-request.ts";
import { type RateLimit, readRateLimit } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type ApiResponse, readResponse } from "./response.ts";
import { createTooLargeError, type TransportResponse } from "./transport/transport.ts";
import { reportDrift } from "./wire/drift.ts";

/** What is known of a request under way. */
type Attempt = {
  number: number;
  startedAt: number;
  /** Whether the transport was asked to carry it. */
  begun: boolean;
  status: number | null;
  rateLimit: RateLimit | null;
};

/**
 * One attempt.
 *
 * @throws the error of the tree that it ended in, or AbortedError
 */
export async function executeRequest<Name extends EndpointName>(
  context: ClientContext,
  prepared: PreparedRequest<Name>,
  deadline: Deadline,
  number: number,
): Promise<ApiResponse<Name>> {
  const { clock, redact } = context;
  const { target } = prepared;
  const attempt: Attempt = { number, startedAt: monotonicNow(clock), begun: false, status: null, rateLimit: null };
  try {
    const result = await withDeadline(deadline, (signal) => {
      attempt.begun = true;
      return sendRequest(context, prepared, number, signal);
    });
    const raw = enforceMaxBytes(unwrapResult(result, prepared, deadline, redact), context.maxAnswerBytes);
    attempt.status = raw.status;
    attempt.rateLimit = readRateLimit(raw.headers, clock.now());
    if (attempt.rateLimit) context.serverFacts.rateLimit = attempt.rateLimit;
    const response = readResponse(target, raw, redact, clock.now());
    reportResponse(context, prepared, attempt, response.body.requestId, null);
    reportDrift(context, target, response);
    return response;
  } catch (thrown) {
    // An error of another kind is a transport's mistake, such as an answer that is none: the outcome of the request is open.
    const isExpected = thrown instanceof AbortedError || isOnSyncError(thrown);
    const error = isExpected ? thrown : toConnectionError(describeRequest(prepared), thrown, redact);
    if (error instanceof AbortedError) reportResponse(context, prepared, attempt, undefined, "AbortError");
    else reportResponse(context, prepared, attempt, error.requestId, error.name);
    throw error;
  }
}

function describeRequest({ request, target }: PreparedRequest): string {
  return `${request.method} ${target.path}`;
}

function sendRequest(
  { hooks, transport, maxAnswerBytes }: ClientContext,
  { request, target }: PreparedRequest,
  attempt: number,
  signal: AbortSignal,
): Promise<TransportResponse> {
  notifyHook(hooks.onRequest, { endpoint: target.name, method: request.method, path: target.path, attempt });
  return transport({ ...request, headers: { ...request.headers }, signal, maxBytes: maxAnswerBytes });
}

/** @throws the error that the request ended in before an answer came */
function unwrapResult(
  result: WorkResult<TransportResponse>,
  prepared: PreparedRequest,
  deadline: Deadline,
  redact: Redact,
): TransportResponse {
  switch (result.kind) {
    case "done":
      return result.value;
    case "failed":
      throw toConnectionError(describeRequest(prepared), result.error, redact);
    case "aborted":
      throw new AbortedError(deadline.signal?.reason, result.begun && "unknown");
    case "expired":
      throw new TimeoutError(
        result.begun
          ? `OnSync did not answer ${describeRequest(prepared)} before the deadline`
          : `The deadline passed before ${describeRequest(prepared)} was made`,
        { sent: result.begun && "unknown" },
      );
  }
}

/** A transport may not keep to the limit. */
function enforceMaxBytes(response: TransportResponse, maxBytes: number): TransportResponse {
  return response.text.length > maxBytes
    ? { ...response, text: "", incomplete: createTooLargeError(maxBytes) }
    : response;
}

/** Tells `onResponse` how an attempt ended, unless it ended before it had begun. */
function reportResponse(
  { clock, hooks }: ClientContext,
  { request, target }: PreparedRequest,
  { number, startedAt, begun, status, rateLimit }: Attempt,
  requestId: string | undefined,
  error: string | null,
): void {
  if (!begun || !hooks.onResponse) return;
  notifyHook(hooks.onResponse, {
    endpoint: target.name,
    method: request.method,
    path: target.path,
    attempt: number,
    status,
    requestId,
    durationMs: monotonicNow(clock) - startedAt,
    rateLimit,
    error,
  });
}
