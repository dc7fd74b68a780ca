/** An engine that hands imports to workers, and takes back those of workers that are not heard of any more. */
import type { BudgetOptions } from "../budget/budget.ts";
import type { ImportStore } from "./store.ts";

/** What an engine says that is nobody's answer: that it is away, say. */
export type OnEngineError = (error: Error) => void;

/** What is handed out: an import, and by which asking. Of several tickets for one import the latest counts. */
export type Ticket = { key: string; ticket: string };

export interface ImportQueue {
  /** Asks for an import to be worked on, until it is over. */
  add(ticket: Ticket): Promise<void>;
  /**
   * @param places imports at once
   * @param work resolves to whether it is over; where not, or where it rejects, somebody goes on with it a little later
   * @returns takes nothing more, and waits for what is under way
   */
  work(places: number, work: (ticket: Ticket) => Promise<boolean>): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** All that workers share, by one address. */
export type SharedImports = {
  store: ImportStore;
  queue: ImportQueue;
  /** What counts the orgs' requests beside them; `null`: a ledger in the same Redis does. */
  ledger: BudgetOptions["ledger"] | null;
  close(): Promise<void>;
};

/** Thrown to an engine, which hands the import out again. */
export class NotOver extends Error {
  override readonly name = "NotOver";
}

/** After how long without a sign of a worker its imports are another's, in milliseconds. */
export const leaseMs = 10_000;
/** How long it is waited before an import that is not over is handed out again, in milliseconds. */
export const retryDelayMs = 5_000;
/** The engine's own counts would give up on imports of many hours: workers count what was fruitless (`work-on-import.ts`). */
export const maxEngineAttempts = 1_000_000;
