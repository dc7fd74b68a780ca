/**
 * What SQLite's log of a data file holds goes into the file on a thread of its own. That waits for the disk, and the request
 * that happened to fill the log would wait with it, and all others behind it.
 *
 * The connection that serves requests makes a checkpoint of its own only where the log has grown much longer than the thread
 * lets it, so that the log is bounded whatever becomes of the thread. Killed at any moment, the file is whole: the log keeps
 * what a checkpoint has written until all of it is on disk.
 */
import { Worker } from "node:worker_threads";

/** So many transactions write some hundred to three thousand pages, of which SQLite by itself would let the log hold 1,000. */
const defaultTransactions = 250;

/** In pages of 4 KiB. */
export const maxLogPages = 8000;

type Checkpoints = {
  /** A transaction is over. */
  note(): void;
  /** Ends the thread, after the checkpoint that it makes. */
  close(): Promise<void>;
};

/** What is asked of the thread stands in a number that both see, one bit each: to be told so, neither needs its event loop. */
const checkpoint = 1;
const end = 2;

/**
 * A text, for the bundles of the command are one file. A checkpoint that fails loses nothing: the next one does its work. What
 * Node 22 warns of where SQLite is loaded is for nobody to act on.
 */
const thread = `
const { file, asked } = require("node:worker_threads").workerData;
process.removeAllListeners("warning");
const sql = new (require("node:sqlite").DatabaseSync)(file);
const statement = sql.prepare("PRAGMA wal_checkpoint(PASSIVE)");
for (;;) {
  Atomics.wait(asked, 0, 0);
  const what = Atomics.load(asked, 0);
  if (what & ${checkpoint}) {
    try {
      statement.get();
    } catch {}
    Atomics.and(asked, 0, ~${checkpoint});
  }
  if (what & ${end}) break;
}
sql.close();
`;

/** The thread starts with the first checkpoint: who writes little has none. */
export function createCheckpoints(file: string, transactions = defaultTransactions): Checkpoints {
  const asked = new Int32Array(new SharedArrayBuffer(4));
  let count = 0;
  let worker: Worker | undefined;

  const ask = (what: number): void => {
    Atomics.or(asked, 0, what);
    Atomics.notify(asked, 0);
  };
  const start = (): Worker => {
    const started = new Worker(thread, { eval: true, workerData: { file, asked } });
    // A process that has nothing else to do ends.
    started.unref();
    // Where the thread fails, what was asked for stays so, nobody asks again, and the connection's own checkpoints go on.
    started.on("error", () => {});
    return started;
  };

  return {
    note: () => {
      count += 1;
      if (count < transactions || Atomics.load(asked, 0) !== 0) return;
      count = 0;
      ask(checkpoint);
      try {
        worker ??= start();
      } catch {
        // As above, where a process may have no threads: the request that has written is not to fail.
      }
    },
    close: async () => {
      if (!worker || worker.threadId === -1) return;
      const ended = new Promise((resolve) => worker?.once("exit", resolve));
      worker.ref();
      ask(end);
      await ended;
    },
  };
}
