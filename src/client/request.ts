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
import type { Settings } from "./context.ts";
import { type Budget, type Ending, GaveUp, within } from "./deadline.ts";
import type { Asked } from "./errors/api-error.ts";
import { connectionFailure } from "./errors/connection-error.ts";
import { TimeoutError, ValidationError } from "./errors/errors.ts";
import { isOnSyncError } from "./errors/guards.ts";
import { isZoneless } from "./instant.ts";
import type { Json } from "./json.ts";
import { pathOf, queryOf } from "./path.ts";
import { type RateLimit, readRateLimit } from "./rate-limit.ts";
import type { Redact } from "./redact.ts";
import { type Answer, readAnswer } from "./response.ts";
import { answerTooLarge, type TransportRequest, type TransportResponse } from "./transport/transport.ts";

export type Call = {
  name: EndpointName;
  /** The path's parts in order, under the names the caller knows them by. */
  parts?: Record<string, string>;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
};

export type Prepared = { asked: Asked; request: Omit<TransportRequest, "signal" | "maxBytes"> };

function invalid(settings: Settings, asked: Asked, details: ErrorDetail[]): ValidationError {
  const shown = settings.redact.data(details);
  return new ValidationError(shown.map((detail) => detailSentence(detail)).join("; "), {
    status: 400,
    code: "validation_failed",
    method: asked.endpoint.method,
    path: asked.path,
    details: shown,
  });
}

/** @throws ValidationError that names the field and the fix; no request is spent */
export function prepare(settings: Settings, { name, parts = {}, query, body }: Call): Prepared {
  const endpoint: Endpoint = endpoints[name];
  const path = pathOf(endpoint.path, parts);
  if (typeof path !== "string") {
    const detail = { path: [path.name], code: "custom", message: path.message };
    throw invalid(settings, { name, endpoint, path: endpoint.path }, [detail]);
  }
  const asked = { name, endpoint, path: settings.redact.text(path) };
  const checked = (schema: Endpoint["query"] | Endpoint["body"], value: unknown): unknown => {
    const parsed = schema?.safeParse(value);
    if (parsed && !parsed.success) throw invalid(settings, asked, errorDetails(parsed.error, value));
    return parsed ? parsed.data : value;
  };
  const search = endpoint.query ? queryOf(checked(endpoint.query, query ?? {}) as Record<string, unknown>) : "";
  const request = {
    method: endpoint.method,
    url: settings.baseUrl + path + search,
    headers: { ...settings.headers },
  };
  if (!endpoint.body) return { asked, request };

  let text: string;
  try {
    text = JSON.stringify(checked(endpoint.body, body));
  } catch (error) {
    if (isOnSyncError(error)) throw error;
    throw invalid(settings, asked, [
      { path: [], code: "custom", message: "cannot be written as JSON (a cycle or a BigInt, most likely in metadata)" },
    ]);
  }
  return {
    asked,
    request: { ...request, headers: { ...request.headers, "content-type": "application/json" }, body: text },
  };
}

/** Hooks listen; what goes wrong in one is not the call's trouble. */
export function tell<Event>(hook: ((event: Event) => unknown) | undefined, event: Event): void {
  try {
    Promise.resolve(hook?.(event)).catch(() => {});
  } catch {}
}

function tellDrift({ hooks, redact }: Settings, { name, endpoint }: Asked, { status, body }: Answer): void {
  if (!hooks.onDrift) return;
  const answers: Partial<Record<number, { schema: Endpoint["query"] }>> = endpoint.answers;
  const schema = (answers[status] ?? Object.values(answers)[0])?.schema;
  const found = schema?.safeParse(body).error?.issues ?? [];
  const issues = found.map(({ path, code, message }) => ({ path: [...path], code: String(code), message }));
  issues.push(...zonelessTimes(body));
  if (issues.length === 0) return;
  tell(hooks.onDrift, { endpoint: name, requestId: body.requestId, issues: redact.data(issues) });
}

/** Times without a zone, which are read as UTC. */
function zonelessTimes(body: Json): { path: PropertyKey[]; code: string; message: string }[] {
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
 * @throws the error of the tree that it ended in, or GaveUp
 */
export async function exchange(
  settings: Settings,
  { asked, request }: Prepared,
  budget: Budget,
  attempt: number,
): Promise<Answer> {
  const { clock, hooks, redact, known, transport } = settings;
  const about = { method: request.method, path: asked.path, attempt };
  const asking = `${request.method} ${asked.path}`;
  const startedAt = monotonicNow(clock);
  let status: number | null = null;
  let rateLimit: RateLimit | null = null;
  let begun = false;
  const told = (requestId: string | undefined, error: string | null) => {
    if (begun)
      tell(hooks.onResponse, {
        ...about,
        status,
        requestId,
        durationMs: monotonicNow(clock) - startedAt,
        rateLimit,
        error,
      });
  };
  try {
    const ending = await within(budget, (signal) => {
      begun = true;
      tell(hooks.onRequest, { ...about });
      return transport({ ...request, headers: { ...request.headers }, signal, maxBytes: settings.maxAnswerBytes });
    });
    const response = limited(responseOf(ending, asking, budget, redact), settings.maxAnswerBytes);
    status = response.status;
    rateLimit = readRateLimit(response.headers, clock.now());
    if (rateLimit) known.rateLimit = rateLimit;
    const answer = readAnswer(asked, response, redact, clock.now());
    told(answer.body.requestId, null);
    tellDrift(settings, asked, answer);
    return answer;
  } catch (thrown) {
    // Whatever else is thrown comes of an answer that is none (a transport's mistake): what became of the request is open.
    const foreseen = thrown instanceof GaveUp || isOnSyncError(thrown);
    const error = foreseen ? thrown : connectionFailure(asking, thrown, redact);
    if (error instanceof GaveUp) told(undefined, "AbortError");
    else told(error.requestId, error.name);
    throw error;
  }
}

/** A transport may not keep to the limit. */
function limited(response: TransportResponse, maxBytes: number): TransportResponse {
  return response.text.length > maxBytes ? { ...response, text: "", incomplete: answerTooLarge(maxBytes) } : response;
}

function responseOf(
  ending: Ending<TransportResponse>,
  request: string,
  budget: Budget,
  redact: Redact,
): TransportResponse {
  switch (ending.kind) {
    case "done":
      return ending.value;
    case "failed":
      throw connectionFailure(request, ending.error, redact);
    case "aborted":
      throw new GaveUp(budget.signal?.reason, ending.begun && "unknown");
    case "deadline":
      throw new TimeoutError(
        ending.begun
          ? `OnSync did not answer ${request} before the deadline`
          : `The deadline passed before ${request} was made`,
        { sent: ending.begun && "unknown" },
      );
  }
}
