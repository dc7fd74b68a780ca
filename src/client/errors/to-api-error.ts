/** Turns an answer with an error status into the error it is: by status first, then by what its body says. */
import type { ErrorDetail, TemplateWindowStatus } from "../../api/index.ts";
import type { RequestTarget } from "../parse-request.ts";
import { readHeader, readRateLimit, readRetryAfter } from "../rate-limit.ts";
import type { Redact } from "../redact.ts";
import type { TransportResponse } from "../transport/transport.ts";
import { errorStatuses } from "../wire/endpoints.ts";
import { isObject, type Json } from "../wire/json.ts";
import {
  ApiError,
  type ApiErrorFields,
  AuthenticationError,
  DuplicateError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  ServerError,
  ValidationError,
  WindowClosedError,
} from "./api-errors.ts";
import { ExtensionUnavailableError } from "./call-errors.ts";
import { describeMissingVersion } from "./missing-version.ts";
import type { OnSyncError } from "./onsync-error.ts";

const maxMessageLength = 1000;

/** The first of the values that is a text with something in it. */
function findText(...values: unknown[]): string | undefined {
  return values
    .find((value): value is string => typeof value === "string" && value.trim() !== "")
    ?.slice(0, maxMessageLength);
}

function readDetails(value: unknown): ErrorDetail[] {
  return (Array.isArray(value) ? value : []).filter(isObject).map((detail) => ({
    ...detail,
    path: Array.isArray(detail.path) ? detail.path.map((part) => (typeof part === "number" ? part : String(part))) : [],
    code: findText(detail.code) ?? "custom",
    message: findText(detail.message) ?? "",
  }));
}

/** Whether OnSync itself gave this error: its own format, a code it has, the status that belongs to the code. */
function isFromOnSync(status: number, body: Json | undefined, error: Json | undefined): boolean {
  return (
    typeof error?.message === "string" &&
    typeof body?.requestId === "string" &&
    typeof error.code === "string" &&
    Object.hasOwn(errorStatuses, error.code) &&
    errorStatuses[error.code] === status
  );
}

/** Every id of a contact in what a 409 says, wherever it stands. */
function findContactIds(body: Json | undefined): string[] {
  return [...new Set(JSON.stringify([body]).match(/\bcontact_[0-9A-Za-z]+/g) ?? [])];
}

function findScope(...values: unknown[]): string | undefined {
  return /\b(?:read|write):(?:contacts|messages|webhooks)\b/.exec(JSON.stringify(values))?.[0];
}

function describeOrigin(location: string | undefined): string {
  return location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
}

function createRedirectError(
  request: string,
  response: TransportResponse,
  fields: ApiErrorFields,
  redact: Redact,
): ApiError {
  return new ApiError(
    redact.text(
      `OnSync answered ${request} with a redirect${describeOrigin(readHeader(response.headers, "location"))} (${fields.status})`,
    ),
    {
      ...fields,
      code: "redirected",
      advice: "Check the base URL: redirects are not followed, so that the key goes to the base URL's host alone.",
    },
  );
}

const adviceByStatus: Record<number, string> = {
  405: "Check the base URL: this address does not take this kind of request.",
  408: "Try again: the request took too long to arrive.",
  413: "Make it smaller: a request may have 1 MiB.",
};

function readError(body: Json | undefined): Json | undefined {
  return isObject(body?.error) ? body.error : undefined;
}

/** The first of the places where an error says what happened. */
function readMessage(body: Json | undefined): string | undefined {
  return findText(readError(body)?.message, body?.message, body?.error);
}

function readFields(
  { endpoint, path }: RequestTarget,
  { status, headers }: TransportResponse,
  body: Json | undefined,
  redact: Redact,
  now: number,
): ApiErrorFields {
  const error = readError(body);
  const requestId = findText(body?.requestId, readHeader(headers, "x-request-id"));
  return {
    status,
    code: findText(error?.code, body?.code, body?.error) ?? "unknown",
    method: endpoint.method,
    path,
    requestId: requestId === undefined ? undefined : redact.text(requestId),
    details: readDetails(error?.details),
    retryAfterMs: readRetryAfter(status, headers, now),
    fromApi: isFromOnSync(status, body, error),
  };
}

/** The error of a 4xx, by its status. */
function createClientError(
  { endpoint, baseUrl }: RequestTarget,
  { status, headers }: TransportResponse,
  body: Json | undefined,
  message: string,
  fields: ApiErrorFields,
  now: number,
): ApiError {
  switch (status) {
    case 400: {
      const window = isObject(body?.templateWindowStatus) ? (body.templateWindowStatus as TemplateWindowStatus) : null;
      return fields.code === "outside_messaging_window" || window !== null
        ? new WindowClosedError(message, { ...fields, window })
        : new ValidationError(message, fields);
    }
    case 401:
      return new AuthenticationError(message, fields);
    case 403:
      return new PermissionError(message, { ...fields, scope: findScope(fields.details, message) ?? endpoint.scope });
    case 404: {
      // An object that is not there is told by the API itself, which was reached then.
      const advice = fields.fromApi && fields.code === "not_found" ? undefined : describeMissingVersion(baseUrl);
      return new NotFoundError(message, { ...fields, ...(advice && { advice: `${advice}.` }) });
    }
    case 409:
      return new DuplicateError(message, { ...fields, contactIds: findContactIds(body) });
    case 429: {
      const { limit = null, remaining = null, resetAt = null } = readRateLimit(headers, now) ?? {};
      return new RateLimitError(message, { ...fields, limit, remaining, resetAt });
    }
    default:
      return new ApiError(message, { ...fields, advice: adviceByStatus[status] });
  }
}

/**
 * @param body the parsed body, without the key; `undefined` where it is no JSON object
 * @param now of the client, in milliseconds
 */
export function toApiError(
  target: RequestTarget,
  response: TransportResponse,
  body: Json | undefined,
  redact: Redact,
  now: number,
): OnSyncError {
  const { status } = response;
  const { endpoint, path, baseUrl } = target;
  const request = `${endpoint.method} ${path}`;
  const fields = readFields(target, response, body, redact, now);
  const { extension } = endpoint;
  // None of the extensions has an id in its path, so that 404 says nothing else; 405 where another method has the path.
  if (extension && (status === 404 || status === 405))
    return new ExtensionUnavailableError(`This OnSync has no ${extension.what} (${request} was answered ${status})`, {
      extension: `${endpoint.method} ${endpoint.path}`,
      advice: [describeMissingVersion(baseUrl), extension.advice].filter(Boolean).join(". If it is right: "),
      requestId: fields.requestId,
    });
  if (status >= 300 && status < 400) return createRedirectError(request, response, fields, redact);
  const message =
    readMessage(body) ??
    `${request} was answered ${status}, not in OnSync's format: something in front of it may have answered`;
  if (status >= 500) return new ServerError(message, fields);
  return createClientError(target, response, body, message, fields, now);
}
