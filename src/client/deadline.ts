/** How long a call may take and who may end it: every wait of the client goes through `withDeadline`. */
import { type Clock, monotonicNow, startTimer } from "./clock.ts";
import { type CallOptions, parseDeadline } from "./options.ts";

/** When a call must have ended, and the signal by which its caller may end it sooner. */
export type Deadline = {
  clock: Clock;
  /** On the monotonic clock, in milliseconds. */
  expiresAt: number;
  /** What the call was given in all, in milliseconds. */
  totalMs: number;
  /** The caller's. */
  signal: AbortSignal | undefined;
};

/** The deadline of a call that begins now: its own `deadlineMs`, else the client's. */
export function startDeadline(
  { clock, deadlineMs }: { clock: Clock; deadlineMs: number },
  options: CallOptions = {},
): Deadline {
  const totalMs = options.deadlineMs === undefined ? deadlineMs : parseDeadline(options.deadlineMs);
  return { clock, expiresAt: monotonicNow(clock) + totalMs, totalMs, signal: options.signal };
}

/** How long finding out what became of a lost answer may take beside the call itself, in milliseconds: 10 s at most. */
function getSettlingMs({ totalMs }: Deadline): number {
  return Math.min(10_000, totalMs);
}

/**
 * Time to find out whether something happened whose answer was lost: what is left of the call's, and at least 10 s (or
 * as much again as a shorter call was given), since it is the deadline itself that loses most answers.
 */
export function createSettlingDeadline(deadline: Deadline): Deadline {
  const { clock, expiresAt } = deadline;
  return { ...deadline, expiresAt: Math.max(expiresAt, monotonicNow(clock) + getSettlingMs(deadline)) };
}

/** As long as a call may take when what it did is being found out, or what another did that it waits for. */
export function addSettlingTime(deadline: Deadline): Deadline {
  return { ...deadline, expiresAt: deadline.expiresAt + getSettlingMs(deadline) };
}

export function getTimeLeft({ clock, expiresAt }: Deadline): number {
  return expiresAt - monotonicNow(clock);
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
    super("the caller aborted the call");
    this.reason = reason;
    this.sent = sent;
  }
}

/** Rejects with the caller's own reason where a call was aborted. */
export async function unwrapAbortReason<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof AbortedError ? error.reason : error;
  }
}

/**
 * Runs work that is to stop at the deadline and when the caller aborts. Work that ignores its signal is left behind; it
 * is not waited for.
 */
export function withDeadline<Value>(
  deadline: Deadline,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<WorkResult<Value>> {
  const { clock, signal } = deadline;
  if (signal?.aborted) return Promise.resolve({ kind: "aborted", begun: false });
  if (getTimeLeft(deadline) <= 0) return Promise.resolve({ kind: "expired", begun: false });

  return new Promise((resolve) => {
    const working = new AbortController();
    let stopTimer = () => {};
    let ended = false;
    const end = (result: WorkResult<Value>) => {
      if (ended) return;
      ended = true;
      signal?.removeEventListener("abort", onAbort);
      stopTimer();
      if (result.kind !== "done") working.abort(signal?.aborted ? signal.reason : undefined);
      resolve(result);
    };
    const fail = (error: unknown) => end({ kind: "failed", error });
    const onAbort = () => end({ kind: "aborted", begun: true });
    signal?.addEventListener("abort", onAbort, { once: true });
    // In a promise of its own, so that work that throws at once fails like work that rejects.
    new Promise<Value>((started) => started(work(working.signal))).then((value) => end({ kind: "done", value }), fail);
    // The work may have had the call aborted.
    if (!ended) stopTimer = startTimer(clock, getTimeLeft(deadline), () => end({ kind: "expired", begun: true }), fail);
  });
}

/** Waits. `false` when the deadline came first. @throws AbortedError */
export async function pause(deadline: Deadline, ms: number): Promise<boolean> {
  const result = await withDeadline(deadline, (signal) => deadline.clock.sleep(ms, signal));
  if (result.kind === "aborted") throw new AbortedError(deadline.signal?.reason, false);
  if (result.kind === "failed") throw result.error;
  return result.kind === "done";
}
