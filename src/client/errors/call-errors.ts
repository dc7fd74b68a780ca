/** Errors of calls that no answer with a status explains. */
import { type ErrorFields, OnSyncError } from "./onsync-error.ts";

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
