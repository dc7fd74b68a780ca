/** An open ledger file: what every operation on it works with. */
import type { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../client/clock.ts";
import { isBusy } from "../../sqlite-file.ts";
import { openLedgerFile } from "./ledger-file.ts";
import { createStamps, type Stamps } from "./stamps.ts";
import { prepareStatements, type Statements } from "./statements.ts";

export type SqliteLedgerOptions = {
  /** Path of the file. It is made, for its owner alone, where there is none. */
  file: string;
  clock?: Clock | undefined;
  /** Seconds since the machine started. Default: the system's, or the monotonic time of the clock that is given. */
  uptime?: (() => number) | undefined;
  /** Milliseconds to wait for another process that holds the file, without holding up this one. Default 5,000. */
  busyMs?: number | undefined;
};

export type SqliteContext = {
  file: string;
  sql: DatabaseSync;
  /** @throws Error where the path leads elsewhere by now: others would not see what is claimed here */
  checkInPlace(): void;
  statements: Statements;
  stamps: Stamps;
  busyMs: number;
  /** How many claims this process has made: what is old is deleted at the first of so many. */
  claims: number;
};

/** Between two tries to have the file, in milliseconds: as long as some transactions of others. */
const maxPauseMs = 10;

/** @throws Error with a sentence where the file cannot be used, or is another program's */
export function openContext({ file, clock, uptime, busyMs = 5_000 }: SqliteLedgerOptions): SqliteContext {
  const { sql, checkInPlace } = openLedgerFile(file);
  const [statements, stamps] = [prepareStatements(sql), createStamps(clock, uptime)];
  return { file, sql, checkInPlace, statements, stamps, busyMs, claims: 0 };
}

function createBusyError(file: string, cause: unknown): Error {
  const message = `The send ledger ${file} is held by another process (a copy being made?): nothing was noted in it.`;
  return new Error(message, { cause });
}

/** Tries until no other process holds the file. SQLite's own waiting would stop whatever else this process does. */
export async function runWhenFree<Result>({ file, busyMs }: SqliteContext, work: () => Result): Promise<Result> {
  const until = performance.now() + busyMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= until) throw createBusyError(file, error);
    }
    // At random, so that nobody comes too late each time.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * maxPauseMs));
  }
}

/** Either all of it happens or nothing. */
export function runInTransaction<Result>(context: SqliteContext, work: () => Result): Promise<Result> {
  const { sql, checkInPlace } = context;
  return runWhenFree(context, () => {
    checkInPlace();
    sql.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      sql.exec("COMMIT");
      return result;
    } catch (error) {
      // A full disk may have rolled back already.
      if (sql.isTransaction) sql.exec("ROLLBACK");
      throw error;
    }
  });
}
