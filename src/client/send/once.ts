/** Calls that must not happen twice (a send, the registration of a webhook): made once, and settled when the answer is lost. */

import type { Settings } from "../context.ts";
import { type Budget, GaveUp } from "../deadline.ts";
import type { OnSyncError } from "../errors/errors.ts";
import { isOnSyncError } from "../errors/guards.ts";
import { exchange, type Prepared } from "../request.ts";
import type { Answer } from "../response.ts";
import { certainlyNotDone, retrying } from "../retry.ts";

/** An attempt that may have been done. */
export type Failure = {
  /** What it ended in; the caller's reason where the caller gave up. */
  error: unknown;
  requestId: string | undefined;
  /** What happened, for a message. */
  reason: string;
  /** The caller gave up: nothing more is asked. */
  abandoned: boolean;
};

function failureOf(error: OnSyncError | GaveUp): Failure {
  return error instanceof GaveUp
    ? { error: error.reason, requestId: undefined, reason: "the call was aborted on its way", abandoned: true }
    : { error, requestId: error.requestId, reason: error.message, abandoned: false };
}

function certainly(error: OnSyncError | GaveUp): boolean {
  return error instanceof GaveUp ? error.sent === false : certainlyNotDone(error);
}

/**
 * Makes the call. It is made again only when the attempt before certainly had no effect: whatever else happened, it is
 * never repeated.
 *
 * @param check throws the error that a success is in truth, where it is not the answer to this call
 * @param settle finds out what became of an attempt: returns its answer, or throws UnknownOutcomeError
 */
export function once(
  settings: Settings,
  prepared: Prepared,
  budget: Budget,
  settle: (failure: Failure) => Promise<Answer>,
  check: (answer: Answer) => void = () => {},
): Promise<Answer> {
  return retrying(settings, budget, async (number) => {
    try {
      const answer = await exchange(settings, prepared, budget, number);
      check(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof GaveUp || isOnSyncError(error)) || certainly(error)) throw error;
      return settle(failureOf(error));
    }
  });
}
