/** What may befall a process. */

/** A step is a call to the network or to the ledger. */
export type Crash =
  /** Before the n-th step (nothing of it happens) or after it (it happens, and nobody learns of it). */
  | { step: number; when: "before" | "after" }
  /** So long after its first step. */
  | { afterMs: number };

/**
 * The ledger fails once, at its n-th call: with or without having done what it was asked for, with an error or by never
 * answering.
 */
export type LedgerFault = { call: number; done: boolean; hangs: boolean };

/** The process stands still (SIGSTOP, a machine that sleeps) once its n-th step is on its way, for so long. */
export type Pause = { step: number; ms: number };

export type ProcessPlan = {
  crash?: Crash;
  ledgerFault?: LedgerFault;
  pause?: Pause;
  /** The transport never hears an abort: what is silent stays silent. */
  deaf?: boolean;
  deadlineMs?: number;
};
