/**
 * Has the disk keep what the log of changes beside the event file holds. SQLite's own sync stops the process until the disk
 * has answered; this one waits for it beside the event loop, so that the next deliveries are verified meanwhile.
 */
import fs from "node:fs";
import type { DatabaseSync } from "node:sqlite";

export type WalSync = {
  /** Resolves when all that has been committed, by whatever process, is on disk. @throws Error where that is not sure */
  sync(): Promise<void>;
  close(): void;
};

/**
 * @param path of the event file
 * @returns `null` where there is no such log: in memory, or where a file system does not allow for one
 */
export function openWalSync(sql: DatabaseSync, path: string): WalSync | null {
  const descriptor = openLog(path);
  if (descriptor === null) return null;
  const checkpoint = sql.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  let isLogSound = true;

  /** A system may take what it failed to write for written: from the log it goes into the file, which is then synced. */
  const bypassLog = (): void => {
    const { log, checkpointed } = checkpoint.get() as { log: number; checkpointed: number };
    if (checkpointed < log) throw new Error("the event file could not be synced, and another process is reading it");
    isLogSound = true;
  };

  return {
    async sync() {
      if (!isLogSound) bypassLog();
      await new Promise<void>((resolve, reject) => {
        fs.fdatasync(descriptor, (error) => {
          if (!error) return resolve();
          isLogSound = false;
          reject(error);
        });
      });
    },
    close: () => fs.closeSync(descriptor),
  };
}

/** SQLite locks other files than this one: that it is closed takes no lock away. */
function openLog(path: string): number | null {
  try {
    // To be written, since some systems sync nothing else.
    return fs.openSync(`${path}-wal`, "r+");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
