/** Calls that must not happen twice (a send, the registration of a webhook): made once, and settled when the answer is lost. */
import type { Answer } from "./answer.ts";
import { type Budget, GaveUp } from "./deadline.ts";
import type { OnSyncError } from "./errors.ts";
import { isApiError, isOnSyncError } from "./guards.ts";
import { exchange, type Prepared } from "./request.ts";
import { certainlyNotDone, retrying } from "./retry.ts";
import type { Settings } from "./settings.ts";

/** An attempt that may have been done. */
export type Failure = {
  /** What it ended in; the caller's reason where the caller gave up. */
  error: unknown;
  requestId: string | undefined;
  /** What happened, for a message. */
  reason: string;
  /** The caller gave up: nothing more is asked. */
  abandoned: boolean;
  /** OnSync itself answered: the request is over, and what it did not do by now it will not do later. */
  overAndDone: boolean;
};

const failureOf = (error: OnSyncError | GaveUp): Failure =>
  error instanceof GaveUp
    ? {
        error: error.reason,
        requestId: undefined,
        reason: "the call was aborted on its way",
        abandoned: true,
        overAndDone: false,
      }
    : {
        error,
        requestId: error.requestId,
        reason: error.message,
        abandoned: false,
        overAndDone: isApiError(error) && error.status >= 500 && error.fromApi,
      };

const certainly = (error: OnSyncError | GaveUp): boolean =>
  error instanceof GaveUp ? error.sent === false : certainlyNotDone(error);

/**
 * Makes the call. It is made again only when the attempt before certainly had no effect.
 *
 * @param settle finds out what became of an attempt: returns its answer, throws the failure's own error when it was
 *   certainly not done, and UnknownOutcomeError when that cannot be told
 */
export const once = (
  settings: Settings,
  prepared: Prepared,
  budget: Budget,
  settle: (failure: Failure) => Promise<Answer>,
): Promise<Answer> =>
  retrying(settings, budget, async (number) => {
    try {
      return await exchange(settings, prepared, budget, number);
    } catch (error) {
      if (!(error instanceof GaveUp || isOnSyncError(error)) || certainly(error)) throw error;
      return settle(failureOf(error));
    }
  });
