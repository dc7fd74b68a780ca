/** Errors that came as an answer with a status, one class for each thing that a caller can do about it. */
import type { ErrorDetail, TemplateWindowStatus } from "../../api/index.ts";
import { describeDetail } from "../../api/issues.ts";
import { type ErrorFields, OnSyncError, supportAddress } from "./onsync-error.ts";

export type ApiErrorFields = ErrorFields & {
  status: number;
  code: string;
  method: string;
  path: string;
  details?: readonly ErrorDetail[];
  retryAfterMs?: number | null;
  fromApi?: boolean;
};

const keySettings = "Settings → API & Webhooks in OnSync";

function formatSeconds(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  return `${whole} ${whole === 1 ? "second" : "seconds"}`;
}

/** OnSync, or something in front of it, answered with an error status; or the client refused the input before a request was spent. */
export class ApiError extends OnSyncError {
  override readonly name: string = "ApiError";
  override readonly retryable: boolean;
  readonly status: number;
  /** The API's own code (`errorCodes` in src/api); `unknown` where the answer was not the API's, `unusable_answer` where a success cannot be read, `answer_too_large`. */
  readonly code: string;
  readonly method: string;
  /** Below the base URL, without the query. */
  readonly path: string;
  /** Zod-style findings: where, what kind, what to do. Empty where there are none. */
  readonly details: readonly ErrorDetail[];
  /** How long the server asks to wait, in milliseconds; `null` where it does not say. */
  readonly retryAfterMs: number | null;
  /** Whether OnSync itself answered, with its own error format, rather than something in front of it (a proxy, a gateway). */
  readonly fromApi: boolean;

  constructor(message: string, fields: ApiErrorFields) {
    super(message, fields);
    this.status = fields.status;
    this.code = fields.code;
    this.method = fields.method;
    this.path = fields.path;
    this.details = fields.details ?? [];
    this.retryAfterMs = fields.retryAfterMs ?? null;
    this.fromApi = fields.fromApi ?? false;
    this.retryable = fields.status === 408;
  }
}

/** 400: the input is wrong. `requestId` is missing where the client found out itself and no request was spent. */
export class ValidationError extends ApiError {
  override readonly name = "ValidationError";

  constructor(message: string, fields: ApiErrorFields) {
    const findings = (fields.details ?? []).map((detail) => describeDetail(detail));
    super(message, { advice: `Correct the input and call again: ${findings.join("; ") || message}`, ...fields });
  }
}

/** 401: the key is missing, wrong or revoked. */
export class AuthenticationError extends ApiError {
  override readonly name = "AuthenticationError";

  constructor(message: string, fields: ApiErrorFields) {
    super(message, {
      advice: `Generate a new API key under ${keySettings} and connect again with it: the one in use is missing, wrong or revoked.`,
      ...fields,
    });
  }
}

/** 403: the key lacks a scope. */
export class PermissionError extends ApiError {
  override readonly name = "PermissionError";
  /** Such as `write:messages`; `null` where neither the answer nor the endpoint names one. */
  readonly scope: string | null;

  constructor(message: string, { scope, ...fields }: ApiErrorFields & { scope: string | null }) {
    super(message, {
      advice: `Edit the API key under ${keySettings} and grant it ${scope ?? "the scope this needs"}, then try again.`,
      ...fields,
    });
    this.scope = scope;
  }
}

/** 404: there is no such object. */
export class NotFoundError extends ApiError {
  override readonly name = "NotFoundError";

  constructor(message: string, fields: ApiErrorFields) {
    super(message, {
      advice: "Check the id: it is gone, belongs to another org, or was never one (and check the base URL).",
      ...fields,
    });
  }
}

/** 409: phone, email or externalId belong to other contacts. Nothing changed. */
export class DuplicateError extends ApiError {
  override readonly name = "DuplicateError";
  /** The contacts that have them already. */
  readonly contactIds: readonly string[];

  constructor(message: string, { contactIds, ...fields }: ApiErrorFields & { contactIds: readonly string[] }) {
    const owners = contactIds.length > 0 ? contactIds.join(" and ") : "the contacts that have them";
    super(message, {
      advice: `Nothing was changed: the identifiers belong to ${owners}; update one of them by its id (update_contact) instead.`,
      ...fields,
    });
    this.contactIds = contactIds;
  }
}

/** 400 outside_messaging_window: a text outside WhatsApp's 24-hour window. Nothing was sent. */
export class WindowClosedError extends ApiError {
  override readonly name = "WindowClosedError";
  /** `templateWindowStatus` of the answer; `null` where it has none. */
  readonly window: TemplateWindowStatus | null;

  constructor(message: string, { window, ...fields }: ApiErrorFields & { window: TemplateWindowStatus | null }) {
    super(message, {
      advice:
        "Nothing was sent: send an approved template instead (send_template), or wait until the customer writes, which opens the window for 24 hours.",
      ...fields,
    });
    this.window = window;
  }
}

/** 429: the org's hourly budget is spent. */
export class RateLimitError extends ApiError {
  override readonly name = "RateLimitError";
  override readonly retryable = true;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** ISO 8601. */
  readonly resetAt: string | null;

  constructor(
    message: string,
    fields: ApiErrorFields & { limit: number | null; remaining: number | null; resetAt: string | null },
  ) {
    const wait = fields.retryAfterMs == null ? "a few minutes" : formatSeconds(fields.retryAfterMs);
    super(message, {
      advice: `Wait ${wait} before trying again; ask ${supportAddress} for a higher limit if this happens often.`,
      ...fields,
    });
    this.limit = fields.limit;
    this.remaining = fields.remaining;
    this.resetAt = fields.resetAt;
  }
}

/** 5xx, or a success that cannot be read (`code: "unusable_answer"`). */
export class ServerError extends ApiError {
  override readonly name = "ServerError";
  override readonly retryable = true;

  constructor(message: string, fields: ApiErrorFields) {
    const quoting = fields.requestId === undefined ? "" : ` with request id ${fields.requestId}`;
    super(message, {
      advice: `Try again in a minute; if it goes on, write to ${supportAddress}${quoting}.`,
      ...fields,
    });
  }
}
