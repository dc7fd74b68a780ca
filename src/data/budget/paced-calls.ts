/** Calls of the API that go on for hours: each attempt within the budget, repeated where that may help, ended where nothing will. */
import { type Clock, systemClock } from "../../client/clock.ts";
import { isApiError, isErrorNamed, isOnSyncError, type OnSync, type OnSyncError } from "../../client/index.ts";
import type { Budget } from "./budget.ts";

/** After so many failures of its own a call is given up, for others to be tried. */
const maxFailures = 4;
const baseDelayMs = 500;
const maxDelayMs = 60_000;
/** How long nothing at all may succeed, in milliseconds, until all of it is ended. */
export const defaultOutageMs = 15 * 60 * 1000;

/** All of it ends here, and can be gone on with later: the key is refused, the address is wrong, OnSync cannot be reached. */
export class MovementStopped extends Error {
  override readonly name = "MovementStopped";
  readonly advice: string;
  /** Whether it ends since OnSync did not answer: later it may. */
  readonly isOutage: boolean;

  constructor(message: string, advice: string, cause: unknown, isOutage = false) {
    super(message, { cause });
    this.advice = advice;
    this.isOutage = isOutage;
  }
}

export type PacedCallsOptions = {
  /** Made with `maxAttempts: 1`: what is repeated is repeated, and counted, here. */
  onsync: OnSync;
  budget: Budget;
  clock?: Clock | undefined;
  /** Jitter: from 0 up to 1. */
  random?: (() => number) | undefined;
  outageMs?: number | undefined;
  /** Ends what waits; what is under way comes to its end. */
  signal?: AbortSignal | undefined;
};

export type CallNotes = {
  /** An attempt is about to leave: it waits for this. */
  onAttempt?: () => void | Promise<void>;
  /** One may have done its work, though no answer says so. */
  onLost?: () => void;
};

export type PacedCalls = {
  /**
   * @throws OnSyncError that is about this call alone, {@link MovementStopped}, or the signal's reason
   */
  call<Value>(work: (onsync: OnSync) => Promise<Value>, notes?: CallNotes): Promise<Value>;
};

/** Whether the request certainly had no effect: it never left, or OnSync itself refused it. */
function hadNoEffect(error: OnSyncError): boolean {
  if (isErrorNamed(error, "ConnectionError") || isErrorNamed(error, "TimeoutError")) return error.sent === false;
  return isApiError(error) && error.fromApi && error.status >= 400 && error.status < 500;
}

/** What the whole movement fails by, whichever call meets it. */
function findEnd(error: OnSyncError): string | null {
  if (isErrorNamed(error, "AuthenticationError")) return error.message;
  if (isErrorNamed(error, "PermissionError") && error.fromApi) return error.message;
  if (!isApiError(error)) return null;
  const isElsewhere =
    (error.status === 404 && !error.fromApi) || error.status === 405 || error.code === "unknown_endpoint";
  return isElsewhere || (error.status >= 300 && error.status < 400) ? error.message : null;
}

function isOwnAnswer(error: OnSyncError): boolean {
  return isApiError(error) ? error.fromApi && error.code !== "unknown_endpoint" : false;
}

/** A 404 that is not OnSync's own: what is not there, it does not say. */
function isOfGateway(error: OnSyncError): boolean {
  return isApiError(error) && error.status === 404 && !error.fromApi;
}

function isUnusable(error: OnSyncError): boolean {
  return isApiError(error) && error.code === "unusable_answer";
}

function isWorthRepeating(error: OnSyncError): boolean {
  return error.retryable || (isApiError(error) && error.status >= 500) || isUnusable(error);
}

export function createPacedCalls(options: PacedCallsOptions): PacedCalls {
  const pause = new SharedPause(options);
  return {
    async call(work, notes = {}) {
      for (let failures = 0; ; ) {
        try {
          const value = await attempt(options, pause, work, notes);
          pause.noteSuccess();
          pause.hasSucceeded = true;
          return value;
        } catch (error) {
          if (!isOnSyncError(error)) throw error;
          if (!hadNoEffect(error)) notes.onLost?.();
          if (isOwnAnswer(error)) pause.hasSucceeded = true;
          // The address is right, and something between here and OnSync is not, for the moment.
          const isPassing = isOfGateway(error) && pause.hasSucceeded;
          const end = isPassing ? null : findEnd(error);
          if (end !== null) throw new MovementStopped(end, error.advice, error);
          // An answer is an answer: OnSync is there.
          if (!isPassing && !isWorthRepeating(error)) {
            pause.noteSuccess();
            throw error;
          }
          pause.noteFailure(error);
          // The hour is spent, by whomever: that is nothing against this call.
          if (!isErrorNamed(error, "RateLimitError")) failures += 1;
          if (failures >= maxFailures) throw error;
        }
      }
    },
  };
}

async function attempt<Value>(
  { onsync, budget, signal }: PacedCallsOptions,
  pause: SharedPause,
  work: (onsync: OnSync) => Promise<Value>,
  { onAttempt }: CallNotes,
): Promise<Value> {
  await pause.wait();
  const answered = await budget.take(signal);
  try {
    await onAttempt?.();
    return await work(onsync);
  } finally {
    answered(onsync.rateLimit);
  }
}

/** Nobody knocks while OnSync asks to wait, or does not answer. */
class SharedPause {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #outageMs: number;
  readonly #signal: AbortSignal | undefined;
  /** Whether OnSync itself has answered any call. */
  hasSucceeded = false;
  #failuresInARow = 0;
  #unusableInARow = 0;
  #failingSince: number | null = null;
  #until = 0;

  constructor({ clock = systemClock, random = Math.random, outageMs = defaultOutageMs, signal }: PacedCallsOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#outageMs = outageMs;
    this.#signal = signal;
  }

  async wait(): Promise<void> {
    for (let left = this.#until - this.#clock.now(); left > 0; left = this.#until - this.#clock.now())
      await this.#clock.sleep(left, this.#signal);
  }

  noteSuccess(): void {
    this.#failuresInARow = 0;
    this.#unusableInARow = 0;
    this.#failingSince = null;
  }

  /** @throws MovementStopped where nothing has succeeded for too long, or something else than OnSync is at the address */
  noteFailure(error: OnSyncError): void {
    this.#failuresInARow += 1;
    this.#unusableInARow = isUnusable(error) ? this.#unusableInARow + 1 : 0;
    if (this.#unusableInARow >= maxFailures && !this.hasSucceeded)
      throw new MovementStopped(error.message, error.advice, error);
    const now = this.#clock.now();
    const backoff = Math.min(maxDelayMs, baseDelayMs * 2 ** (this.#failuresInARow - 1)) * (0.5 + this.#random() / 2);
    const asked = (isApiError(error) && error.retryAfterMs) || 0;
    this.#until = Math.max(this.#until, now + Math.max(backoff, asked));
    // Who is told to wait is answered.
    this.#failingSince = isErrorNamed(error, "RateLimitError") ? null : (this.#failingSince ?? now);
    const failedMs = now - (this.#failingSince ?? now);
    if (failedMs < this.#outageMs) return;
    throw new MovementStopped(
      `OnSync has not answered as it should for ${Math.round(failedMs / 60_000)} minutes: ${error.message}`,
      "What was done is noted: run the same command again, and it goes on from here.",
      error,
      true,
    );
  }
}
