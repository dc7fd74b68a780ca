/**
 * Group commit: what is asked for while the last transaction was being written goes into the next one, so that many
 * deliveries share one fsync. Each promise resolves when its own work is on disk.
 */
import type { DatabaseSync } from "node:sqlite";

type Work = { durable: boolean; run: () => unknown; resolve: (value: never) => void; reject: (error: unknown) => void };

export type GroupCommit = {
  /**
   * @param run changes the database, synchronously
   * @param durable whether it must survive a power cut. What need not be (an acknowledged hand-on: at worst it is
   *   repeated) survives the end of the process all the same, and costs no fsync of its own.
   * @throws what the transaction failed with; then nothing of it is in the database
   */
  write<Result>(run: () => Result, durable: boolean): Promise<Result>;
  /** Resolves when everything asked for so far is written. */
  flushed(): Promise<void>;
};

/** Keeps one transaction from blocking the process for long. */
const maxGroupSize = 1000;

export function createGroupCommit(sql: DatabaseSync): GroupCommit {
  let waiting: Work[] = [];
  let scheduled: Promise<void> | undefined;
  let synchronous: "FULL" | "NORMAL" = "FULL";

  const commit = (group: readonly Work[]): unknown[] => {
    const wanted = group.some(({ durable }) => durable) ? "FULL" : "NORMAL";
    if (wanted !== synchronous) {
      sql.exec(`PRAGMA synchronous = ${wanted}`);
      synchronous = wanted;
    }
    sql.exec("BEGIN IMMEDIATE");
    try {
      const results = group.map(({ run }) => run());
      sql.exec("COMMIT");
      return results;
    } catch (error) {
      // A full disk may have rolled back already.
      if (sql.isTransaction) sql.exec("ROLLBACK");
      throw error;
    }
  };

  const flush = (): void => {
    const group = waiting.slice(0, maxGroupSize);
    waiting = waiting.slice(maxGroupSize);
    try {
      const results = commit(group);
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  /** After the I/O that has arrived, so that all of it is in the group. */
  const schedule = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        flush();
        scheduled = waiting.length > 0 ? schedule() : undefined;
        resolve(scheduled);
      });
    });

  return {
    write: (run, durable) =>
      new Promise((resolve, reject) => {
        waiting.push({ durable, run, resolve, reject });
        scheduled ??= schedule();
      }),
    flushed: async () => {
      await scheduled;
    },
  };
}
