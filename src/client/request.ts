/** One request: checked, encoded, carried by the transport once, its answer read. */
import {
  detailSentence,
  type Endpoint,
  type EndpointName,
  type ErrorDetail,
  endpoints,
  errorDetails,
} from "../api/index.ts";
import { monotonicNow } from "./clock.ts";
import type { ClientContext } from "./context.ts";
import { AbortedError, type Deadline, type WorkResult, withDeadline } from "./deadline.ts";
import type { RequestTarget } from "./errors/api-error.ts";
import { toConnectionError } from "./errors/connection-error.ts";
import { TimeoutError, ValidationError } from "./errors/errors.ts";
import { isOnSyncError } from "./errors/guards.ts";
import { isZoneless } from "./instant.ts";
import type { Json } from "./json.ts";
import { buildPath, buildQuery } from "./path.ts";
import { type RateLimit, readRateLimit } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type ApiResponse, readResponse } from "./response.ts";
import { answerTooLarge, type TransportRequest, type TransportResponse } from "./transport/transport.ts";

export type Call = {
  name: EndpointName;
  /** The path's parts in order, under the names the caller knows them by. */
  parts?: Record<string, string>;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
};

export type PreparedRequest = { target: RequestTarget; request: Omit<TransportRequest, "signal" | "maxBytes"> };

function createValidationError(context: ClientContext, target: RequestTarget, details: ErrorDetail[]): ValidationError {
  const shown = context.redact.data(details);
  return new ValidationError(shown.map((detail) => detailSentence(detail)).join("; "), {
    status: 400,
    code: "validation_failed",
    method: target.endpoint.method,
    path: target.path,
    details: shown,
  });
}

/** @throws ValidationError that names the field and the fix; no request is spent */
export function parseRequest(context: ClientContext, { name, parts = {}, query, body }: Call): PreparedRequest {
  const endpoint: Endpoint = endpoints[name];
  const path = buildPath(endpoint.path, parts);
  if (typeof path !== "string") {
    const detail = { path: [path.name], code: "custom", message: path.message };
    throw createValidationError(context, { name, endpoint, path: endpoint.path }, [detail]);
  }
  const target = { name, endpoint, path: context.redact.text(path) };
  const checked = (schema: Endpoint["query"] | Endpoint["body"], value: unknown): unknown => {
    const parsed = schema?.safeParse(value);
    if (parsed && !parsed.success) throw createValidationError(context, target, errorDetails(parsed.error, value));
    return parsed ? parsed.data : value;
  };
  const search = endpoint.query ? buildQuery(checked(endpoint.query, query ?? {}) as Record<string, unknown>) : "";
  const request = {
    method: endpoint.method,
    url: context.baseUrl + path + search,
    headers: { ...context.headers },
  };
  if (!endpoint.body) return { target, request };

  let text: string;
  try {
    text = JSON.stringify(checked(endpoint.body, body));
  } catch (error) {
    if (isOnSyncError(error)) throw error;
    throw createValidationError(context, target, [
      { path: [], code: "custom", message: "cannot be written as JSON (a cycle or a BigInt, most likely in metadata)" },
    ]);
  }
  return {
    target,
    request: { ...request, headers: { ...request.headers, "content-type": "application/json" }, body: text },
  };
}

/** Hooks listen; what goes wrong in one is not the call's trouble. */
export function notifyHook<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): void {
  try {
    Promise.resolve(hook?.(event)).catch(() => {});
  } catch {}
}

function reportDrift(
  { hooks, redact }: ClientContext,
  { name, endpoint }: RequestTarget,
  { status, body }: ApiResponse,
): void {
  if (!hooks.onDrift) return;
  const answers: Partial<Record<number, { schema: Endpoint["query"] }>> = endpoint.answers;
  const schema = (answers[status] ?? Object.values(answers)[0])?.schema;
  const found = schema?.safeParse(body).error?.issues ?? [];
  const issues = found.map(({ path, code, message }) => ({ path: [...path], code: String(code), message }));
  issues.push(...findZonelessTimes(body));
  if (issues.length === 0) return;
  notifyHook(hooks.onDrift, { endpoint: name, requestId: body.requestId, issues: redact.data(issues) });
}

/** Times without a zone, which are read as UTC. */
function findZonelessTimes(body: Json): { path: PropertyKey[]; code: string; message: string }[] {
  const items = Array.isArray(body.data) ? body.data : [];
  const times: [PropertyKey[], unknown][] = [
    ...["createdAt", "timestamp", "nextBefore"].map((name): [PropertyKey[], unknown] => [[name], body[name]]),
    ...items.map((item, index): [PropertyKey[], unknown] => [["data", index, "createdAt"], item?.createdAt]),
  ];
  return times
    .filter(([, value]) => isZoneless(value))
    .map(([path]) => ({ path, code: "missing_zone", message: "the time has no zone, and is read as UTC" }));
}

/**
 * One attempt.
 *
 * @throws the error of the tree that it ended in, or AbortedError
 */
export async function executeRequest(
  context: ClientContext,
  { target, request }: PreparedRequest,
  deadline: Deadline,
  attempt: number,
): Promise<ApiResponse> {
  const { clock, hooks, redact, learned, transport } = context;
  const about = { method: request.method, path: target.path, attempt };
  const asking = `${request.method} ${target.path}`;
  const startedAt = monotonicNow(clock);
  let status: number | null = null;
  let rateLimit: RateLimit | null = null;
  let begun = false;
  const told = (requestId: string | undefined, error: string | null) => {
    if (begun)
      notifyHook(hooks.onResponse, {
        ...about,
        status,
        requestId,
        durationMs: monotonicNow(clock) - startedAt,
        rateLimit,
        error,
      });
  };
  try {
    const ending = await withDeadline(deadline, (signal) => {
      begun = true;
      notifyHook(hooks.onRequest, { ...about });
      return transport({ ...request, headers: { ...request.headers }, signal, maxBytes: context.maxAnswerBytes });
    });
    const response = enforceMaxBytes(unwrapResponse(ending, asking, deadline, redact), context.maxAnswerBytes);
    status = response.status;
    rateLimit = readRateLimit(response.headers, clock.now());
    if (rateLimit) learned.rateLimit = rateLimit;
    const answer = readResponse(target, response, redact, clock.now());
    told(answer.body.requestId, null);
    reportDrift(context, target, answer);
    return answer;
  } catch (thrown) {
    // Whatever else is thrown comes of an answer that is none (a transport's mistake): what became of the request is open.
    const foreseen = thrown instanceof AbortedError || isOnSyncError(thrown);
    const error = foreseen ? thrown : toConnectionError(asking, thrown, redact);
    if (error instanceof AbortedError) told(undefined, "AbortError");
    else told(error.requestId, error.name);
    throw error;
  }
}

/** A transport may not keep to the limit. */
function enforceMaxBytes(response: TransportResponse, maxBytes: number): TransportResponse {
  return response.text.length > maxBytes ? { ...response, text: "", incomplete: answerTooLarge(maxBytes) } : response;
}

function unwrapResponse(
  ending: WorkResult<TransportResponse>,
  request: string,
  deadline: Deadline,
  redact: Redact,
): TransportResponse {
  switch (ending.kind) {
    case "done":
      return ending.value;
    case "failed":
      throw toConnectionError(request, ending.error, redact);
    case "aborted":
      throw new AbortedError(deadline.signal?.reason, ending.begun && "unknown");
    case "expired":
      throw new TimeoutError(
        ending.begun
          ? `OnSync did not answer ${request} before the deadline`
          : `The deadline passed before ${request} was made`,
        { sent: ending.begun && "unknown" },
      );
  }
}
