/** How long a call may take and who may end it: every wait of the client goes through `within`. */
import { type Clock, monotonicNow } from "./clock.ts";

export type Budget = {
  clock: Clock;
  /** On the monotonic clock, in milliseconds. */
  deadlineAt: number;
  /** What the call was given in all, in milliseconds. */
  totalMs: number;
  /** The caller's. */
  signal: AbortSignal | undefined;
};

/**
 * Time to find out whether something happened whose answer was lost: what is left of the call's, and at least 10 s (or
 * as much again as a shorter call was given), since it is the deadline itself that loses most answers.
 */
export function settlingBudget(budget: Budget): Budget {
  return {
    ...budget,
    deadlineAt: Math.max(budget.deadlineAt, monotonicNow(budget.clock) + Math.min(10_000, budget.totalMs)),
  };
}

/** As long as a call may take when what it did is being found out, or what another did that it waits for. */
export function withSettlingTime(budget: Budget): Budget {
  return { ...budget, deadlineAt: budget.deadlineAt + Math.min(10_000, budget.totalMs) };
}

export function timeLeft(budget: Budget): number {
  return budget.deadlineAt - monotonicNow(budget.clock);
}

/** How a piece of work ended: by itself, at the deadline, or because the caller gave up (`begun`: after it was started). */
export type Ending<Value> =
  | { kind: "done"; value: Value }
  | { kind: "failed"; error: unknown }
  | { kind: "deadline"; begun: boolean }
  | { kind: "aborted"; begun: boolean };

/** Thrown inside the client when the caller aborts; callers get their own reason instead. */
export class GaveUp extends Error {
  readonly reason: unknown;
  /** Whether the request under way can have reached OnSync. */
  readonly sent: false | "unknown";

  constructor(reason: unknown, sent: false | "unknown") {
    super("the caller gave up");
    this.reason = reason;
    this.sent = sent;
  }
}

/**
 * Runs work that is to stop at the deadline and when the caller aborts. Work that ignores its signal is left behind; it
 * is not waited for.
 */
export async function within<Value>(
  budget: Budget,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Ending<Value>> {
  const { clock, signal } = budget;
  if (signal?.aborted) return { kind: "aborted", begun: false };
  if (timeLeft(budget) <= 0) return { kind: "deadline", begun: false };

  const working = new AbortController();
  const timer = new AbortController();
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<Ending<Value>>();
  const onAbort = () => giveUp({ kind: "aborted", begun: true });
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const ending = await Promise.race([
      // In a promise of its own, so that work that throws at once fails like work that rejects.
      new Promise<Value>((resolve) => resolve(work(working.signal))).then(
        (value): Ending<Value> => ({ kind: "done", value }),
        (error: unknown): Ending<Value> => ({ kind: "failed", error }),
      ),
      clock.sleep(timeLeft(budget), timer.signal).then(
        (): Ending<Value> => ({ kind: "deadline", begun: true }),
        (error: unknown): Ending<Value> => ({ kind: "failed", error }),
      ),
      gaveUp,
    ]);
    if (ending.kind !== "done") working.abort(signal?.aborted ? signal.reason : undefined);
    return ending;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    timer.abort();
  }
}

/** How long an answer waits for something to be noted, in milliseconds. */
const noteWithinMs = 2_000;

/**
 * Notes something beside a call. The call does not wait for long, and not at all for what fails.
 *
 * @returns why it was not noted; `undefined`: it was
 */
export async function noteWithin({ clock }: { clock: Clock }, note: () => Promise<unknown>): Promise<unknown> {
  const deadlineAt = monotonicNow(clock) + noteWithinMs;
  const ending = await within({ clock, deadlineAt, totalMs: noteWithinMs, signal: undefined }, note);
  if (ending.kind === "done") return undefined;
  return ending.kind === "failed" ? ending.error : new Error("the send ledger did not answer in time");
}

/** Waits. `false` when the deadline came first. @throws GaveUp */
export async function pause(budget: Budget, ms: number): Promise<boolean> {
  const ending = await within(budget, (signal) => budget.clock.sleep(ms, signal));
  if (ending.kind === "aborted") throw new GaveUp(budget.signal?.reason, false);
  if (ending.kind === "failed") throw ending.error;
  return ending.kind === "done";
}
