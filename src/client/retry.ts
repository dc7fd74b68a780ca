/** When a request is made again: the client's own policy, for every transport. */
import type { EndpointName } from "../api/index.ts";
import type { ClientContext } from "./context.ts";
import { AbortedError, type Deadline, getTimeLeft, pause } from "./deadline.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "./errors/guards.ts";
import type { OnSyncError } from "./errors/onsync-error.ts";
import type { PreparedRequest } from "./parse-request.ts";
import { executeRequest } from "./request.ts";
import type { ApiResponse, ResponseBody } from "./response.ts";

const baseDelayMs = 500;
const maxDelayMs = 8_000;

/** How long the server asks to wait, in milliseconds; 0 where it does not. */
export function getRetryAfterMs(error: OnSyncError): number {
  return (isApiError(error) && error.retryAfterMs) || 0;
}

/**
 * Full jitter (0.5, 1, 2, 4, 8 s at most), and never less than the server asks for.
 *
 * @param failed how many attempts have failed
 */
export function calculateRetryDelay(failed: number, error: OnSyncError, random: () => number): number {
  const backoff = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (failed - 1));
  return Math.max(backoff, getRetryAfterMs(error));
}

/**
 * Whether the request certainly had no effect and will have none: it never left, or OnSync itself refused it with one of
 * its own 4xx. A redirect, or a 4xx of something in front of OnSync (a firewall's page, a gateway's 404 or 429), says
 * nothing of what OnSync did.
 */
function hadNoEffect(error: OnSyncError | AbortedError): boolean {
  if (error instanceof AbortedError || isErrorNamed(error, "ConnectionError") || isErrorNamed(error, "TimeoutError"))
    return error.sent === false;
  return isApiError(error) && error.fromApi && error.status >= 400 && error.status < 500;
}

/**
 * Makes attempts until one succeeds, one fails for good, attempts or time run out. An error whose wait does not fit into
 * the deadline comes at once.
 *
 * @param attempt told its number, from 1, and whether an attempt before it may have had an effect
 */
export async function executeWithRetry<Value>(
  { maxAttempts, maxRetryAfterMs, random }: ClientContext,
  deadline: Deadline,
  attempt: (number: number, afterUncertain: boolean) => Promise<Value>,
): Promise<Value> {
  let afterUncertain = false;
  let last: OnSyncError | undefined;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number, afterUncertain);
    } catch (error) {
      if (!isOnSyncError(error)) throw error;
      if (isErrorNamed(error, "TimeoutError")) error.cause ??= last;
      if (!error.retryable || number >= maxAttempts) throw error;
      const delay = calculateRetryDelay(number, error, random);
      if (delay >= getTimeLeft(deadline) || getRetryAfterMs(error) > maxRetryAfterMs) throw error;
      afterUncertain ||= !hadNoEffect(error);
      last = error;
      if (!(await pause(deadline, delay))) throw error;
    }
  }
}

/** An attempt that may have had an effect, though no answer says so. */
export type UncertainAttempt = {
  /** What it ended in; the caller's reason where the caller aborted. */
  error: unknown;
  requestId: string | undefined;
  /** What happened, for a message. */
  reason: string;
  /** The caller aborted: nothing more is asked. */
  aborted: boolean;
};

function toUncertainAttempt(error: OnSyncError | AbortedError): UncertainAttempt {
  return error instanceof AbortedError
    ? { error: error.reason, requestId: undefined, reason: "the call was aborted on its way", aborted: true }
    : { error, requestId: error.requestId, reason: error.message, aborted: false };
}

/**
 * Makes a request that must not be carried out twice (a send, the registration of a webhook). It is made again only when
 * the attempt before certainly had no effect: whatever else happened, it is never repeated.
 *
 * @param check throws the error that a success is in truth, where it does not answer this request
 * @param resolveOutcome finds out what became of an attempt: returns what it made, or throws UnknownOutcomeError
 */
export function executeOnce<Name extends EndpointName>(
  context: ClientContext,
  prepared: PreparedRequest<Name>,
  deadline: Deadline,
  {
    check,
    resolveOutcome,
  }: {
    check?: (response: ApiResponse<Name>) => void;
    resolveOutcome: (attempt: UncertainAttempt) => Promise<ResponseBody<Name>>;
  },
): Promise<ResponseBody<Name>> {
  return executeWithRetry(context, deadline, async (number) => {
    try {
      const response = await executeRequest(context, prepared, deadline, number);
      check?.(response);
      return response.body;
    } catch (error) {
      if (!(error instanceof AbortedError || isOnSyncError(error)) || hadNoEffect(error)) throw error;
      return resolveOutcome(toUncertainAttempt(error));
    }
  });
}
