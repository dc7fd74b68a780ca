/** What all SQLite files of ours have in common: a number for their format, WAL mode, others who may hold them. */
import type { DatabaseSync } from "node:sqlite";

const sqliteBusy = 5;

/** How long one process waits for the others while it opens a file, in milliseconds. */
export const maxOpeningMs = 5_000;
const openingPauseMs = 20;

/** The file has been written by a version to come: what that keeps in it is not known here. */
export class NewerFormatError extends Error {
  override readonly name = "NewerFormatError";

  /** @param what the file, as a sentence begins with it, such as "The send ledger sends.db" */
  constructor(what: string, found: number, known: number) {
    super(
      `${what} has format ${found}, and this version of OnSync Automation reads up to ${known}. A newer version has written it: use that one or a later, or name another file. Nothing in it was changed.`,
    );
  }
}

export function readPragma(sql: DatabaseSync, pragma: "application_id" | "user_version"): number {
  return Object.values(sql.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] as number;
}

/** Whether another process has the file. The result code is in the lowest byte. */
export function isBusy(error: unknown): boolean {
  return (((error as { errcode?: number }).errcode ?? 0) & 0xff) === sqliteBusy;
}

/** SQLite does not wait for others by itself when the journal mode changes, and they may open the same new file now. */
export function enterWalMode(sql: DatabaseSync): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; ; waitedMs += openingPauseMs) {
    try {
      sql.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= maxOpeningMs) throw error;
      Atomics.wait(pause, 0, 0, openingPauseMs);
    }
  }
}
