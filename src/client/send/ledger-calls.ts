/** How a call asks and tells the send ledger: what it must know before it sends, and what it notes on the way. */
import { monotonicNow } from "../clock.ts";
import type { ClientContext } from "../context.ts";
import { AbortedError, type Deadline, withDeadline } from "../deadline.ts";
import { TimeoutError } from "../errors/call-errors.ts";
import { OnSyncError } from "../errors/onsync-error.ts";
import { notifyHook } from "../hooks.ts";

/** How long an answer waits for something to be noted, in milliseconds. */
const maxNotingMs = 2_000;

/** @throws OnSyncError where the ledger cannot be asked: nothing may be sent then; TimeoutError, AbortedError */
export async function askLedger<Value>(
  { redact }: ClientContext,
  deadline: Deadline,
  ask: () => Promise<Value>,
): Promise<Value> {
  const result = await withDeadline(deadline, ask);
  switch (result.kind) {
    case "done":
      return result.value;
    case "aborted":
      throw new AbortedError(deadline.signal?.reason, false);
    case "expired":
      throw new TimeoutError("The deadline passed before the send ledger answered", { sent: false });
    case "failed": {
      const cause = redact.error(result.error);
      throw new OnSyncError(`The send ledger cannot be asked: ${cause.message}`, {
        advice:
          "Nothing was sent: see to the ledger (a file that cannot be written, a Redis that is away), then try again.",
        cause,
      });
    }
  }
}

/**
 * Notes something in the ledger beside a call, which does not wait for long. It never fails: `onLedgerError` is told what
 * could not be noted.
 *
 * @returns what the ledger answered; `undefined` where it did not
 */
export async function noteInLedger<Value>(
  { clock, hooks, redact }: ClientContext,
  note: () => Promise<Value>,
): Promise<Value | undefined> {
  const expiresAt = monotonicNow(clock) + maxNotingMs;
  const result = await withDeadline({ clock, expiresAt, totalMs: maxNotingMs, signal: undefined }, note);
  if (result.kind === "done") return result.value;
  const error = result.kind === "failed" ? result.error : new Error("the send ledger did not answer in time");
  notifyHook(hooks.onLedgerError, redact.error(error));
  return undefined;
}
