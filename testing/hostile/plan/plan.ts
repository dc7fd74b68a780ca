/** A run as data: who sends what when, what happens to the requests, and what the server is like. */
import type { Fault } from "../faults/fault.ts";
import { historyFaults } from "../faults/history.ts";
import type { Platform } from "../process/client-options.ts";
import type { ProcessPlan } from "../process/plan.ts";
import type { ServerBehaviour } from "../server/behaviour.ts";

/** A message that somebody wants sent once. */
export type Intent = {
  platform: Platform;
  to: string;
  content: string;
  /** `null`: the client makes one for each call, and each call is a message of its own. */
  reference: string | null;
  referenceIn: "option" | "metadata" | "both";
};

export type Call = {
  intent: number;
  process: number;
  /** After its stage began. */
  startMs: number;
  abortAfterMs?: number;
};

/** Calls that run side by side. A stage begins so long after the one before it ended. */
export type Stage = { waitMs: number; calls: Call[] };

export type ClockJump = { process: number; atMs: number; byMs: number };

export type Sharing =
  /** One process, with the ledger that a client has by itself. */
  | "one process"
  /** Each process has the one ledger, which outlives them. */
  | "shared ledger"
  /** Processes that share nothing: the history alone tells. */
  | "no shared ledger";

export type Plan = {
  seed: number;
  behaviour: string;
  server: ServerBehaviour;
  /** For the first sends, one each. */
  sendFaults: Fault[];
  /** For the first reads of a history, one each. */
  historyFaults: Fault[];
  shape: string;
  sharing: Sharing;
  processes: ProcessPlan[];
  intents: Intent[];
  stages: Stage[];
  jumps: ClockJump[];
  /** The ledger's own clock jumps with the first process's. */
  ledgerClockJumps: boolean;
  ledgerEngine: "plain" | "memory";
  /** A second deviation of the server. */
  also: string | null;
  /** A receiver of webhooks tells the shared ledger of a message so long after it came to be; `null`: there is none. */
  webhookAfterMs: number | null;
};

export const minute = 60_000;
export const hour = 60 * minute;

const plainHistoryFaults = new Set(historyFaults.filter(({ plain }) => plain).map(({ name }) => name));

/** A conforming server, and only what any network does. */
export function isPlain(plan: Plan): boolean {
  return (
    plan.behaviour === "conforming" &&
    plan.also === null &&
    plan.sharing === "one process" &&
    plan.processes.every(({ deadlineMs }) => deadlineMs === undefined) &&
    plan.sendFaults.every(({ plain }) => plain) &&
    plan.historyFaults.every(({ name }) => plainHistoryFaults.has(name))
  );
}
