/** How long a call may take and who may end it: every wait of the client goes through `withDeadline`. */
import { type Clock, monotonicNow } from "./clock.ts";

export type Deadline = {
  clock: Clock;
  /** On the monotonic clock, in milliseconds. */
  expiresAt: number;
  /** What the call was given in all, in milliseconds. */
  totalMs: number;
  /** The caller's. */
  signal: AbortSignal | undefined;
};

/**
 * Time to find out whether something happened whose answer was lost: what is left of the call's, and at least 10 s (or
 * as much again as a shorter call was given), since it is the deadline itself that loses most answers.
 */
export function createSettlingDeadline(deadline: Deadline): Deadline {
  return {
    ...deadline,
    expiresAt: Math.max(deadline.expiresAt, monotonicNow(deadline.clock) + Math.min(10_000, deadline.totalMs)),
  };
}

/** As long as a call may take when what it did is being found out, or what another did that it waits for. */
export function addSettlingTime(deadline: Deadline): Deadline {
  return { ...deadline, expiresAt: deadline.expiresAt + Math.min(10_000, deadline.totalMs) };
}

export function getTimeLeft(deadline: Deadline): number {
  return deadline.expiresAt - monotonicNow(deadline.clock);
}

/** How a piece of work ended: by itself, at the deadline, or because the caller gave up (`begun`: after it was started). */
export type WorkResult<Value> =
  | { kind: "done"; value: Value }
  | { kind: "failed"; error: unknown }
  | { kind: "expired"; begun: boolean }
  | { kind: "aborted"; begun: boolean };

/** Thrown inside the client when the caller aborts; callers get their own reason instead. */
export class AbortedError extends Error {
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
export async function withDeadline<Value>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<WorkResult<Value>> {
  const { clock, signal } = deadline;
  if (signal?.aborted) return { kind: "aborted", begun: false };
  if (getTimeLeft(deadline) <= 0) return { kind: "expired", begun: false };

  const working = new AbortController();
  const timer = new AbortController();
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<WorkResult<Value>>();
  const onAbort = () => giveUp({ kind: "aborted", begun: true });
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const ending = await Promise.race([
      // In a promise of its own, so that work that throws at once fails like work that rejects.
      new Promise<Value>((resolve) => resolve(work(working.signal))).then(
        (value): WorkResult<Value> => ({ kind: "done", value }),
        (error: unknown): WorkResult<Value> => ({ kind: "failed", error }),
      ),
      clock.sleep(getTimeLeft(deadline), timer.signal).then(
        (): WorkResult<Value> => ({ kind: "expired", begun: true }),
        (error: unknown): WorkResult<Value> => ({ kind: "failed", error }),
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
  const expiresAt = monotonicNow(clock) + noteWithinMs;
  const ending = await withDeadline({ clock, expiresAt, totalMs: noteWithinMs, signal: undefined }, note);
  if (ending.kind === "done") return undefined;
  return ending.kind === "failed" ? ending.error : new Error("the send ledger did not answer in time");
}

/** Waits. `false` when the deadline came first. @throws AbortedError */
export async function pause(deadline: Deadline, ms: number): Promise<boolean> {
  const ending = await withDeadline(deadline, (signal) => deadline.clock.sleep(ms, signal));
  if (ending.kind === "aborted") throw new AbortedError(deadline.signal?.reason, false);
  if (ending.kind === "failed") throw ending.error;
  return ending.kind === "done";
}
