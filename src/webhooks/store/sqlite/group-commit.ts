/**
 * Group commit: what is asked for while the disk keeps the last transaction goes into the next one, so that many deliveries
 * share one sync. Each promise resolves when its own work is on disk.
 */
import type { DatabaseSync } from "node:sqlite";
import type { WalSync } from "./wal-sync.ts";

type Work = { durable: boolean; run: () => unknown; resolve: (value: never) => void; reject: (error: unknown) => void };

/** Keeps one transaction from blocking the process for long. */
const maxGroupSize = 1000;

export class GroupCommit {
  readonly #sql: DatabaseSync;
  readonly #wal: Pick<WalSync, "sync"> | null;
  #waiting: Work[] = [];
  #isScheduled = false;
  #isSyncing = false;
  #synchronous: "FULL" | "NORMAL" = "FULL";

  /** @param wal `null`: SQLite syncs by itself, and stops the process meanwhile */
  constructor(sql: DatabaseSync, wal: Pick<WalSync, "sync"> | null) {
    this.#sql = sql;
    this.#wal = wal;
  }

  /**
   * @param run changes the database, synchronously
   * @param durable whether it must survive a power cut. What need not be (an acknowledged hand-on: at worst it is
   *   repeated) survives the end of the process all the same, costs no sync of its own and waits for none.
   * @throws what the transaction failed with; then nothing of it is in the database. Or what the sync failed with; then it
   *   is there, and nobody is told so before a later sync has succeeded
   */
  write<Result>(run: () => Result, durable: boolean): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ durable, run, resolve, reject });
      if (!(durable && this.#isSyncing)) this.#schedule();
    });
  }

  /** Resolves when everything asked for so far is written. */
  async flushed(): Promise<void> {
    // What was asked for before this is written by then, or has failed.
    if (this.#waiting.length > 0 || this.#isSyncing) await this.write(() => {}, true).catch(() => {});
  }

  /** After the I/O that has arrived, so that all of it is in the group. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#isScheduled = false;
    const group = this.#takeGroup();
    if (group.length === 0) return;
    try {
      const isDurable = group.some(({ durable }) => durable);
      const results = this.#commit(group, isDurable && this.#wal === null ? "FULL" : "NORMAL");
      if (isDurable) await this.#sync();
      group.forEach(({ resolve }, index) => {
        resolve(results[index] as never);
      });
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    if (this.#waiting.length > 0) this.#schedule();
  }

  /** While the disk syncs, what must be synced waits for the next time, and what need not goes on. */
  #takeGroup(): Work[] {
    const ready = this.#isSyncing ? this.#waiting.filter(({ durable }) => !durable) : this.#waiting;
    const group = ready.slice(0, maxGroupSize);
    const taken = new Set(group);
    this.#waiting = this.#waiting.filter((work) => !taken.has(work));
    return group;
  }

  #commit(group: readonly Work[], synchronous: "FULL" | "NORMAL"): unknown[] {
    if (synchronous !== this.#synchronous) {
      this.#sql.exec(`PRAGMA synchronous = ${synchronous}`);
      this.#synchronous = synchronous;
    }
    this.#sql.exec("BEGIN IMMEDIATE");
    try {
      const results = group.map(({ run }) => run());
      this.#sql.exec("COMMIT");
      return results;
    } catch (error) {
      // A full disk may have rolled back already.
      if (this.#sql.isTransaction) this.#sql.exec("ROLLBACK");
      throw error;
    }
  }

  async #sync(): Promise<void> {
    this.#isSyncing = true;
    try {
      await this.#wal?.sync();
    } finally {
      this.#isSyncing = false;
    }
  }
}
