/**
 * Group commit: what is asked for while the disk keeps the last transaction goes into the next one, so that many deliveries
 * share one sync. Each promise resolves when its own work is on disk.
 */

import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import type { WalSync } from "./wal-sync.ts";

type Work = { durable: boolean; run: () => unknown; resolve: (value: never) => void; reject: (error: unknown) => void };

export type GroupCommit = {
  /**
   * @param run changes the database, synchronously
   * @param durable whether it must survive a power cut. What need not be (an acknowledged hand-on: at worst it is
   *   repeated) survives the end of the process all the same, and costs no sync of its own.
   * @throws what the transaction failed with; then nothing of it is in the database
   */
  write<Result>(run: () => Result, durable: boolean): Promise<Result>;
  /** Resolves when everything asked for so far is written. */
  flushed(): Promise<void>;
};

/** Keeps one transaction from blocking the process for long. */
const maxGroupSize = 1000;

/** @param wal `null`: SQLite syncs by itself, and stops the process meanwhile */
export function createGroupCommit(sql: DatabaseSync, wal: Pick<WalSync, "sync"> | null): GroupCommit {
  const waiting: Work[] = [];
  let writing: Promise<void> | undefined;
  let synchronous: "FULL" | "NORMAL" = "FULL";

  const commit = (group: readonly Work[], isSynced: boolean): unknown[] => {
    const wanted = isSynced ? "FULL" : "NORMAL";
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

  const write = async (group: readonly Work[]): Promise<void> => {
    try {
      const isDurable = group.some(({ durable }) => durable);
      const results = commit(group, isDurable && wal === null);
      if (isDurable) await wal?.sync();
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      // After the I/O that has arrived, so that all of it is in the group.
      await setImmediate();
      await write(waiting.splice(0, maxGroupSize));
    }
    writing = undefined;
  };

  return {
    write: (run, durable) =>
      new Promise((resolve, reject) => {
        waiting.push({ durable, run, resolve, reject });
        writing ??= writeAll();
      }),
    flushed: async () => {
      await writing;
    },
  };
}
