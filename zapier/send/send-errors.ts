/** The errors of sends that Zapier holds and runs again, and of those that its user must decide on. */
import type { ZObject } from "zapier-platform-core";
import { isErrorNamed, isOnSyncError, type LedgerEntry } from "../../src/client/index.ts";
import { graceMs } from "../../src/client/send/send-ledger.ts";
import { createHaltedError, createThrottled } from "../errors.ts";
import type { StepLedger } from "./step-ledger.ts";

const heldTexts = {
  cache: "Nothing was sent yet: Zapier's memory, which knows whether it was sent before, cannot be reached.",
  "another run": "Nothing was sent by this run yet: another run is sending this very message.",
  "open outcome":
    "Whether an earlier run sent this message cannot be told yet, so it is not sent again before that is certain.",
} as const;

/** How long a run is held where nothing says it, in seconds. */
const heldSeconds = { cache: 60, "another run": 15, "open outcome": 60 };

export function createThrottledError(z: ZObject, why: keyof typeof heldTexts, seconds = heldSeconds[why]): Error {
  return createThrottled(z, `${heldTexts[why]} Zapier runs this step again by itself.`, seconds);
}

/** The error of a run that may not send now and loses nothing by running again later; else `undefined`. */
export function toHeldError(z: ZObject, error: unknown, step: StepLedger, isReferenceOwn: boolean): Error | undefined {
  if (!isOnSyncError(error) || (step.wasGranted() && error.outcome !== "not_sent")) return undefined;
  const holder = step.getHolder();
  if (holder?.state === "claimed") return createThrottledError(z, "another run");
  if (holder?.state === "unknown" && getGraceLeftMs(holder) > 0)
    return createThrottledError(z, "open outcome", Math.ceil(getGraceLeftMs(holder) / 1000));
  // Another run with the same words has just sent its message, under the reference that this one had left.
  if (holder?.state === "sent" && !isReferenceOwn && isErrorNamed(error, "ReferenceConflictError"))
    return createThrottledError(z, "another run");
  return step.hasFailed() ? createThrottledError(z, "cache") : undefined;
}

function getGraceLeftMs({ leaseMs, ageMs }: LedgerEntry): number {
  return leaseMs + graceMs - ageMs;
}

/** @param sentAt as OnSync gave it */
export function createSentBeforeError(z: ZObject, sentAt: unknown): Error {
  const at = typeof sentAt === "string" ? ` on ${sentAt.slice(0, 16).replace("T", " at ")}` : "";
  return createHaltedError(
    z,
    `Nothing was sent now: this very message was sent${at} by a run that may not have ended well. If this is another message with the same words, map a Client Reference that it has alone.`,
  );
}
