/**
 * What can go wrong, as one tree. Each error knows whether the same call may be made again (`retryable`) and what to do
 * (`advice`: one sentence for a person or an agent). Recognise them by name (`guards.ts`): `instanceof` fails where the
 * client is bundled twice. No error carries the API key.
 */
import { detailSentence, type ErrorDetail, type TemplateWindowStatus } from "../../api/index.ts";

export type ErrorFields = { requestId?: string | undefined; advice?: string | undefined; cause?: unknown };

export type ApiErrorFields = ErrorFields & {
  status: number;
  code: string;
  method: string;
  path: string;
  details?: readonly ErrorDetail[];
  retryAfterMs?: number | null;
  fromApi?: boolean;
};

const support = "support@onsync.com";
const keySettings = "Settings → API & Webhooks in OnSync";

function formatSeconds(ms: number): string {
  const whole = Math.ceil(ms / 1000);
  return `${whole} ${whole === 1 ? "second" : "seconds"}`;
}

export class OnSyncError extends Error {
  override readonly name: string = "OnSyncError";
  /** Whether the same call may be made again, later, with some hope and without harm. */
  readonly retryable: boolean = false;
  /** What to do about it: one sentence. */
  readonly advice: string;
  /** Quote it to support@onsync.com. Missing where no answer came. */
  declare readonly requestId?: string;
  /**
   * On every error of `messages.send`: whether the message was certainly not sent (by this call, and by every other that
   * shares its ledger). Only {@link UnknownOutcomeError} is `unknown`.
   */
  declare outcome?: "not_sent" | "unknown";

  constructor(message: string, { requestId, advice, cause }: ErrorFields = {}) {
    super(message, cause === undefined ? undefined : { cause });
    if (requestId !== undefined) this.requestId = requestId;
    this.advice = advice ?? `Send what happened${requestId ? ` and request id ${requestId}` : ""} to ${support}.`;
  }

  /** Everything but stack and cause, message included: what logs and JSON output want. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...Object.fromEntries(Object.entries(this)) };
  }
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
    const findings = (fields.details ?? []).map((detail) => detailSentence(detail));
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
      advice: `Wait ${wait} before trying again; ask ${support} for a higher limit if this happens often.`,
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
    super(message, { advice: `Try again in a minute; if it goes on, write to ${support}${quoting}.`, ...fields });
  }
}

/** The connection failed before a whole answer came. */
export class ConnectionError extends OnSyncError {
  override readonly name = "ConnectionError";
  /** `false` where a proxy wants another password: tries with the wrong one lock accounts. */
  override readonly retryable: boolean;
  /** Whether the request can have reached OnSync. */
  readonly sent: false | "unknown";

  constructor(
    message: string,
    { sent, retryable = true, ...fields }: ErrorFields & { sent: false | "unknown"; retryable?: boolean },
  ) {
    super(message, {
      advice: sent
        ? "Try again: the connection broke before OnSync's answer was here."
        : "Check the base URL and the network and try again: nothing reached OnSync.",
      ...fields,
    });
    this.retryable = retryable;
    this.sent = sent;
  }
}

/** The deadline passed before the answer came. */
export class TimeoutError extends OnSyncError {
  override readonly name = "TimeoutError";
  override readonly retryable = true;
  /** Whether the request can have reached OnSync. */
  readonly sent: false | "unknown";

  constructor(message: string, { sent, ...fields }: ErrorFields & { sent: false | "unknown" }) {
    super(message, { advice: "Try again, with a longer deadline if this happens often.", ...fields });
    this.sent = sent;
  }
}

/** Something was asked for that must not happen twice, and whether it happened cannot be told. Do not repeat it blindly. */
export class UnknownOutcomeError extends OnSyncError {
  override readonly name = "UnknownOutcomeError";
  /** `metadata.clientReference` of the message in question; `null` where no message is. */
  readonly clientReference: string | null;
  /** Where to look for it. */
  readonly conversationId: string | null;

  constructor(
    message: string,
    fields: ErrorFields & { clientReference?: string | undefined; conversationId?: string | undefined },
  ) {
    super(message, {
      advice: `Do not send it again before you have looked: if the history of ${fields.conversationId} has a message with metadata.clientReference ${fields.clientReference}, it was sent; if it has none a few minutes later, it was not.`,
      ...fields,
    });
    this.clientReference = fields.clientReference ?? null;
    this.conversationId = fields.conversationId ?? null;
  }
}

/** A clientReference stands for one message, and another one has it already: nothing was sent. */
export class ReferenceConflictError extends OnSyncError {
  override readonly name = "ReferenceConflictError";
  readonly clientReference: string;
  /** The message it belongs to; `null` where that one is being sent, or whether it was cannot be told. */
  readonly messageId: string | null;
  readonly conversationId: string | null;

  constructor(
    message: string,
    fields: ErrorFields & { clientReference: string; messageId: string | null; conversationId: string | null },
  ) {
    super(message, {
      advice:
        "Nothing was sent: give each message a clientReference of its own, such as order-10482-shipped, and the same one only when that very message is sent again.",
      ...fields,
    });
    this.clientReference = fields.clientReference;
    this.messageId = fields.messageId;
    this.conversationId = fields.conversationId;
  }
}

/** This OnSync does not serve an endpoint that its documentation does not list. */
export class ExtensionUnavailableError extends OnSyncError {
  override readonly name = "ExtensionUnavailableError";
  /** Method and path, such as `GET /contacts`. */
  readonly extension: string;

  constructor(message: string, { extension, ...fields }: ErrorFields & { extension: string }) {
    super(message, fields);
    this.extension = extension;
  }
}

/** A webhook delivery whose signature does not verify. */
export class SignatureError extends OnSyncError {
  override readonly name = "SignatureError";

  constructor(message: string, fields: ErrorFields = {}) {
    super(message, {
      advice:
        "Verify the raw body, before any parser touches it, with the endpoint's current secret (and the one before it while rotating).",
      ...fields,
    });
  }
}
