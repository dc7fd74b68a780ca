/** The ledger of one step: beside what it does, it knows why a send was not allowed to leave. */
import type { LedgerEntry, SendLedger } from "../../src/client/index.ts";

/** How long a step waits for another that sends the same, in milliseconds: most sends take less than a second. */
const maxWaitMs = 3_000;

export type StepLedger = {
  ledger: SendLedger;
  /** Whether this step was ever allowed to send. */
  wasGranted(): boolean;
  /** Whether the ledger failed when this step last asked to send. */
  hasFailed(): boolean;
  /** Who had the reference when this step asked last. */
  getHolder(): LedgerEntry | null;
};

export function createStepLedger(ledger: SendLedger): StepLedger {
  let granted = false;
  let failed = false;
  let holder: LedgerEntry | null = null;
  let waitingSince: number | undefined;
  const ask = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    // Until it has answered: a call that hangs until the step's time is over has failed as well.
    failed = true;
    const value = await work();
    failed = false;
    return value;
  };
  const claim: SendLedger["claim"] = async (message, options) => {
    const result = await ask(() => ledger.claim(message, options));
    holder = result.granted ? null : result.entry;
    granted ||= result.granted;
    if (!result.granted && result.entry.state === "claimed") {
      waitingSince ??= performance.now();
      // Zapier runs the step again later: there is no need to wait for the other one in here.
      if (performance.now() - waitingSince >= maxWaitMs) throw new Error("another run is still sending it");
    }
    return result;
  };
  const note: SendLedger["note"] = (name) => ask(() => ledger.note(name));
  return {
    ledger: { ...ledger, claim, note },
    wasGranted: () => granted,
    hasFailed: () => failed,
    getHolder: () => holder,
  };
}
