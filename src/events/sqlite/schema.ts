/** The event file: SQLite in WAL mode. It holds customers' words and secrets, so its owner alone may read it. */
import { randomUUID } from "node:crypto";
import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const version = 1;

const schema = `
CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  -- The order within the key comes before the position: createdAt under a hold-back, else 0.
  rank INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  -- 0 waiting, 1 done, 2 dead
  state INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  refusals INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS waiting ON events (key, rank, position) WHERE state = 0;
CREATE INDEX IF NOT EXISTS dead ON events (position) WHERE state = 2;
-- One row for each key that has something waiting.
CREATE TABLE IF NOT EXISTS queues (key TEXT PRIMARY KEY, due_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS queues_due ON queues (due_at);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const inMemory = ":memory:";

/** @throws Error that says what is wrong with the file */
export const openEventFile = (file: string): DatabaseSync => {
  try {
    // SQLite would make it readable for everybody.
    if (file !== inMemory) closeSync(openSync(file, "a", 0o600));
    const sql = new DatabaseSync(file, { timeout: 5000 });
    sql.exec("PRAGMA journal_mode = WAL");
    sql.exec("PRAGMA synchronous = FULL");
    const { user_version: found } = sql.prepare("PRAGMA user_version").get() as { user_version: number };
    if (found > version) {
      sql.close();
      throw new Error(`its format is ${found}, and this version reads up to ${version}`);
    }
    sql.exec("BEGIN IMMEDIATE");
    sql.exec(schema);
    sql.prepare("INSERT OR IGNORE INTO settings (name, value) VALUES ('log', ?)").run(randomUUID().slice(0, 8));
    sql.exec(`PRAGMA user_version = ${version}`);
    sql.exec("COMMIT");
    return sql;
  } catch (error) {
    throw new Error(
      `The event file ${file} cannot be used: ${error instanceof Error ? error.message : error}. Check the path and its permissions, or name another file.`,
      { cause: error },
    );
  }
};

/**
 * Claims the file for one receiver: two that hand on from one file would break the order. The claim is a lock of the
 * operating system's on a file beside it, so it ends with the process, however that ends.
 *
 * @returns gives the claim back
 * @throws Error when another receiver has it
 */
export const claimEventFile = (file: string): (() => void) => {
  if (file === inMemory) return () => {};
  const lock = new DatabaseSync(`${file}-receiver`, { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new Error(
      `Another receiver works on the event file ${file}: stop it first, or give this one a file of its own. Several receivers share a Redis (--redis), never a file.`,
      { cause: error },
    );
  }
  return () => lock.close();
};
