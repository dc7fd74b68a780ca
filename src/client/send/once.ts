/** Calls that must not happen twice (a send, the registration of a webhook): made once, and settled when the answer is lost. */

import type { ClientContext } from "../context.ts";
import { AbortedError, type Deadline } from "../deadline.ts";
import type { OnSyncError } from "../errors/errors.ts";
import { isOnSyncError } from "../errors/guards.ts";
import { executeRequest, type PreparedRequest } from "../request.ts";
import type { ApiResponse } from "../response.ts";
import { executeWithRetry, hadNoEffect } from "../retry.ts";

/** An attempt that may have been done. */
export type UncertainAttempt = {
  /** What it ended in; the caller's reason where the caller gave up. */
  error: unknown;
  requestId: string | undefined;
  /** What happened, for a message. */
  reason: string;
  /** The caller gave up: nothing more is asked. */
  aborted: boolean;
};

function toUncertainAttempt(error: OnSyncError | AbortedError): UncertainAttempt {
  return error instanceof AbortedError
    ? { error: error.reason, requestId: undefined, reason: "the call was aborted on its way", aborted: true }
    : { error, requestId: error.requestId, reason: error.message, aborted: false };
}

function isCertainlyWithoutEffect(error: OnSyncError | AbortedError): boolean {
  return error instanceof AbortedError ? error.sent === false : hadNoEffect(error);
}

/**
 * Makes the call. It is made again only when the attempt before certainly had no effect: whatever else happened, it is
 * never repeated.
 *
 * @param check throws the error that a success is in truth, where it is not the answer to this call
 * @param settle finds out what became of an attempt: returns its answer, or throws UnknownOutcomeError
 */
export function executeOnce(
  context: ClientContext,
  prepared: PreparedRequest,
  deadline: Deadline,
  settle: (failure: UncertainAttempt) => Promise<ApiResponse>,
  check: (answer: ApiResponse) => void = () => {},
): Promise<ApiResponse> {
  return executeWithRetry(context, deadline, async (number) => {
    try {
      const answer = await executeRequest(context, prepared, deadline, number);
      check(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof AbortedError || isOnSyncError(error)) || isCertainlyWithoutEffect(error)) throw error;
      return settle(toUncertainAttempt(error));
    }
  });
}
