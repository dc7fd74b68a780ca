/** When a call is made again: the client's own policy, for every transport. */

import { monotonicNow } from "./clock.ts";
import { type CallOptions, readDeadline, type Settings } from "./context.ts";
import { type Budget, GaveUp, pause, timeLeft } from "./deadline.ts";
import type { OnSyncError } from "./errors/errors.ts";
import { isApiError, isErrorNamed, isOnSyncError } from "./errors/guards.ts";
import { type Call, exchange, prepare } from "./request.ts";
import type { Answer } from "./response.ts";

const baseMs = 500;
const capMs = 8_000;

/** How long the server asks to wait, in milliseconds; 0 where it does not. */
export function askedWait(error: OnSyncError): number {
  return (isApiError(error) && error.retryAfterMs) || 0;
}

/** Full jitter (0.5, 1, 2, 4, 8 s at most), and never less than the server asks for. */
export function waitBefore(failed: number, error: OnSyncError, random: () => number): number {
  const backoff = random() * Math.min(capMs, baseMs * 2 ** (failed - 1));
  return Math.max(backoff, askedWait(error));
}

/**
 * Whether the request certainly had no effect and will have none: it never left, or OnSync itself refused it with one of
 * its own 4xx. A redirect, or a 4xx of something in front of OnSync (a firewall's page, a gateway's 404 or 429), says
 * nothing of what OnSync did.
 */
export function certainlyNotDone(error: OnSyncError): boolean {
  if (isErrorNamed(error, "ConnectionError") || isErrorNamed(error, "TimeoutError")) return error.sent === false;
  return isApiError(error) && error.fromApi && error.status >= 400 && error.status < 500;
}

/**
 * Makes attempts until one succeeds, one fails for good, attempts or time run out. An error whose wait does not fit into
 * the deadline comes at once.
 *
 * @param attempt told its number, from 1, and whether an attempt before it may have been done
 */
export async function retrying<Value>(
  { maxAttempts, random }: Settings,
  budget: Budget,
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
      const wait = waitBefore(number, error, random);
      if (wait >= timeLeft(budget)) throw error;
      uncertain ||= !certainlyNotDone(error);
      last = error;
      if (!(await pause(budget, wait))) throw error;
    }
  }
}

/** The time and the signal of one call. */
export function budgetOf(settings: Settings, options: CallOptions = {}): Budget {
  const totalMs = options.deadlineMs === undefined ? settings.deadlineMs : readDeadline(options.deadlineMs);
  return { clock: settings.clock, deadlineAt: monotonicNow(settings.clock) + totalMs, totalMs, signal: options.signal };
}

/** The caller's own reason in place of GaveUp. */
export async function unlessGivenUp<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof GaveUp ? error.reason : error;
  }
}

/** Makes a call that may be made again (reads, PATCH, DELETE, the upsert). @throws GaveUp beside the errors of the tree */
export async function performWithin(
  settings: Settings,
  call: Call,
  budget: Budget,
): Promise<Answer & { uncertain: boolean }> {
  const prepared = prepare(settings, call);
  return retrying(settings, budget, async (number, uncertain) => ({
    ...(await exchange(settings, prepared, budget, number)),
    uncertain,
  }));
}

/** As {@link performWithin}, with a budget of its own. `uncertain`: an attempt before the answered one may have been done. */
export async function perform(
  settings: Settings,
  call: Call,
  options: CallOptions | undefined,
): Promise<Answer & { uncertain: boolean }> {
  return unlessGivenUp(performWithin(settings, call, budgetOf(settings, options)));
}
