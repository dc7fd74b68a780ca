/** The root of the tree of errors. */

export type ErrorFields = { requestId?: string | undefined; advice?: string | undefined; cause?: unknown };

/** Where a person gets help. */
export const supportAddress = "support@onsync.com";

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
    this.advice =
      advice ?? `Send what happened${requestId ? ` and request id ${requestId}` : ""} to ${supportAddress}.`;
  }

  /** Everything but stack and cause, message included: what logs and JSON output want. */
  toJSON(): Record<string, unknown> {
    return { name: this.name, message: this.message, ...Object.fromEntries(Object.entries(this)) };
  }
}
