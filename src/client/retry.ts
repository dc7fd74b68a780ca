/** When a call is made again: the client's own policy, for every transport. */

import { monotonicNow } from "./clock.ts";
import { type CallOptions, type ClientContext, readDeadline } from "./context.ts";
import { AbortedError, type Deadline, getTimeLeft, pause } from "./deadline.ts";
import type { OnSyncError } from "./errors/errors.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "./errors/guards.ts";
import { type Call, executeRequest, parseRequest } from "./request.ts";
import type { ApiResponse } from "./response.ts";

const baseDelayMs = 500;
const maxDelayMs = 8_000;

/** How long the server asks to wait, in milliseconds; 0 where it does not. */
export function getRetryAfterMs(error: OnSyncError): number {
  return (isApiError(error) && error.retryAfterMs) || 0;
}

/** Full jitter (0.5, 1, 2, 4, 8 s at most), and never less than the server asks for. */
export function calculateRetryDelay(failed: number, error: OnSyncError, random: () => number): number {
  const backoff = random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (failed - 1));
  return Math.max(backoff, getRetryAfterMs(error));
}

/**
 * Whether the request certainly had no effect and will have none: it never left, or OnSync itself refused it with one of
 * its own 4xx. A redirect, or a 4xx of something in front of OnSync (a firewall's page, a gateway's 404 or 429), says
 * nothing of what OnSync did.
 */
export function hadNoEffect(error: OnSyncError): boolean {
  if (isErrorNamed(error, "ConnectionError") || isErrorNamed(error, "TimeoutError")) return error.sent === false;
  return isApiError(error) && error.fromApi && error.status >= 400 && error.status < 500;
}

/**
 * Makes attempts until one succeeds, one fails for good, attempts or time run out. An error whose wait does not fit into
 * the deadline comes at once.
 *
 * @param attempt told its number, from 1, and whether an attempt before it may have been done
 */
export async function executeWithRetry<Value>(
  { maxAttempts, random }: ClientContext,
  deadline: Deadline,
  attempt: (number: number, uncertain: boolean) => Promise<Value>,
): Promise<Value> {
  let uncertain = false;
  let last: OnSyncError | undefined;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number, uncertain);
    } catch (error) {
      if (!isOnSyncError(error)) throw error;
      if (isErrorNamed(error, "TimeoutError")) error.cause ??= last;
      if (!error.retryable || number >= maxAttempts) throw error;
      const wait = calculateRetryDelay(number, error, random);
      if (wait >= getTimeLeft(deadline)) throw error;
      uncertain ||= !hadNoEffect(error);
      last = error;
      if (!(await pause(deadline, wait))) throw error;
    }
  }
}

/** The time and the signal of one call. */
export function startDeadline(context: ClientContext, options: CallOptions = {}): Deadline {
  const totalMs = options.deadlineMs === undefined ? context.deadlineMs : readDeadline(options.deadlineMs);
  return { clock: context.clock, expiresAt: monotonicNow(context.clock) + totalMs, totalMs, signal: options.signal };
}

/** The caller's own reason in place of AbortedError. */
export async function unwrapAbortReason<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof AbortedError ? error.reason : error;
  }
}

/** Makes a call that may be made again (reads, PATCH, DELETE, the upsert). @throws AbortedError beside the errors of the tree */
export async function executeCallBefore(
  context: ClientContext,
  call: Call,
  deadline: Deadline,
): Promise<ApiResponse & { uncertain: boolean }> {
  const prepared = parseRequest(context, call);
  return executeWithRetry(context, deadline, async (number, uncertain) => ({
    ...(await executeRequest(context, prepared, deadline, number)),
    uncertain,
  }));
}

/** As {@link executeCallBefore}, with a deadline of its own. `uncertain`: an attempt before the answered one may have been done. */
export async function executeCall(
  context: ClientContext,
  call: Call,
  options: CallOptions | undefined,
): Promise<ApiResponse & { uncertain: boolean }> {
  return unwrapAbortReason(executeCallBefore(context, call, startDeadline(context, options)));
}
