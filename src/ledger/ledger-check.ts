/** Whether sends can be noted, for `/readyz`: without that none leaves. */
import type { SendLedger } from "../client/ledger/ledger.ts";

const noteName = "readyz";
const noteTtlMs = 60_000;

export function createLedgerCheck(ledger: Pick<SendLedger, "setNote">) {
  return {
    problem: "cannot be written to",
    ask: (): Promise<unknown> => ledger.setNote(noteName, "", { ttlMs: noteTtlMs }),
  };
}
