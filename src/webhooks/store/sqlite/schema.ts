/** The event file: SQLite in WAL mode. It holds customers' words and secrets, so its owner alone may read it. */
import { randomUUID } from "node:crypto";
import { realpathSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { describeFileFailure } from "../../../file-failure.ts";
import { createPrivateFile, restrictSqliteFile } from "../../../private-file.ts";
import { openSqlite } from "../../../sqlite.ts";
import { enterWalMode, NewerFormatError, readPragma } from "../../../sqlite-file.ts";
import { readOrg } from "../../order-key.ts";
import { readStoredEvent } from "../stored-body.ts";

const version = 3;

/** "OnSE" in SQLite's header: tells an event file from any other program's. Files of format 1 have none. */
const applicationId = 0x4f6e5345;

const tables = `
CREATE TABLE IF NOT EXISTS events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL,
  -- Files of this format may still be written by a receiver of the format before, which names none.
  org TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  -- The order within the key comes before the position: createdAt under a hold-back, else the greatest that waits.
  rank INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  -- 0 waiting, 1 done, 2 dead
  state INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  refusals INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  body TEXT NOT NULL,
  -- Given when it is first claimed. Of the events of a key that wait, one at most has it, and is the first.
  sequence INTEGER,
  -- As received_at, by the time of the receiver that no clock setting changes.
  arrived_at INTEGER NOT NULL DEFAULT 0,
  done_at INTEGER,
  UNIQUE (id, org)
) STRICT;
-- One row for each key that has something waiting.
CREATE TABLE IF NOT EXISTS queues (
  key TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL,
  -- How long that was from when it was set: never waited for longer, whatever the clock says after a restart.
  wait_ms INTEGER NOT NULL DEFAULT 0,
  -- Whether its first event has failed before.
  failing INTEGER NOT NULL DEFAULT 0,
  -- Whether it was not answered the last time.
  hanging INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

const indexes = `
CREATE INDEX IF NOT EXISTS next ON events (key, sequence DESC, rank, position) WHERE state = 0;
CREATE INDEX IF NOT EXISTS dead ON events (position) WHERE state = 2;
CREATE INDEX IF NOT EXISTS done ON events (done_at) WHERE state = 1;
CREATE INDEX IF NOT EXISTS queues_hanging_due ON queues (hanging, due_at);
`;

const fromFormat1 = `
ALTER TABLE events ADD COLUMN sequence INTEGER;
ALTER TABLE events ADD COLUMN arrived_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN done_at INTEGER;
ALTER TABLE queues ADD COLUMN wait_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN failing INTEGER NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN hanging INTEGER NOT NULL DEFAULT 0;
UPDATE events SET arrived_at = received_at, done_at = CASE state WHEN 1 THEN received_at END;
UPDATE queues SET failing = 1 WHERE key IN (SELECT key FROM events WHERE state = 0 AND attempts > 0);
DROP INDEX IF EXISTS waiting;
DROP INDEX IF EXISTS queues_due;
`;

/** The table is made anew, since its ids alone were unique. No position is given a second time. */
const toFormat3 = `
ALTER TABLE events RENAME TO events_before;
${tables}
INSERT INTO events (position, id, org, type, key, rank, created_at, received_at, state, attempts, refusals, error, body,
    sequence, arrived_at, done_at)
  SELECT position, id, org_of(body), type, key, rank, created_at, received_at, state, attempts, refusals, error, body,
    sequence, arrived_at, done_at FROM events_before ORDER BY position;
DELETE FROM sqlite_sequence WHERE name = 'events';
INSERT INTO sqlite_sequence (name, seq) SELECT 'events', seq FROM sqlite_sequence WHERE name = 'events_before';
DROP TABLE events_before;
`;

/**
 * The log's pages are written into the file when there are so many of them, 16 MB: at SQLite's own 1,000 the same pages of
 * the indexes are written, and the file is synced, every few hundred events.
 */
const maxLogPages = 4000;

export const inMemory = ":memory:";

/** SQLITE_CORRUPT, as `node:sqlite` has it. */
const corrupt = 11;

/**
 * @returns the format of the event file, 0 for an empty one
 * @throws Error when it is another program's, or of a format to come
 */
function readFormat(sql: DatabaseSync, file: string): number {
  const [program, found] = [readPragma(sql, "application_id"), readPragma(sql, "user_version")];
  const names = sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[];
  const has = (...wanted: string[]) => wanted.every((each) => names.some(({ name }) => name === each));
  if (program === 0 && found === 0 && names.length === 0) return 0;
  if (program === 0 && found === 1 && has("events", "queues", "settings")) return 1;
  if (program !== applicationId) throw new Error("it is a SQLite file of another program, and was left as it is");
  if (found > version) throw new NewerFormatError(`The event file ${file}`, found, version);
  return found;
}

/** {@link readFormat} of one moment: another process may be making an event file of it. */
function lookAtFormat(sql: DatabaseSync, file: string): void {
  sql.exec("BEGIN");
  readFormat(sql, file);
  sql.exec("COMMIT");
}

function createUnusableFileError(file: string, error: unknown): Error {
  if (error instanceof NewerFormatError) return error;
  return new Error(
    `The event file ${file} cannot be used: ${describeFileFailure(error)}. Check the path and its permissions, or name another file.`,
    { cause: error },
  );
}

/**
 * Looks into a file without a lock, and so without a trace.
 *
 * @returns `false` where that does not tell: pages that another process is writing fit together for those with a lock alone
 * @throws Error where it is another program's, or of a format to come
 */
function isOurs(path: string): boolean {
  const url = pathToFileURL(path);
  url.searchParams.set("immutable", "1");
  const sql = openSqlite(url, { readOnly: true });
  try {
    lookAtFormat(sql, path);
    return true;
  } catch (error) {
    if ((error as { errcode?: unknown }).errcode === corrupt) return false;
    throw error;
  } finally {
    sql.close();
  }
}

/**
 * Makes the file where there is none, and looks whether it is an event file without changing anything in or beside it. One
 * that is loses the rights of others than its owner.
 *
 * @returns its one path, whatever links led to it
 * @throws Error that says what is wrong with the file
 */
export function findEventFile(file: string): string {
  if (file === inMemory) return file;
  try {
    createPrivateFile(file);
    const path = realpathSync(file);
    const { nlink, size } = statSync(path);
    // SQLite keeps its journal beside the name it was given: by another name it would read the file without it.
    if (nlink > 1)
      throw new Error("it has a second name (a hard link), and SQLite can lose what is written by two names");
    if (size === 0 || isOurs(path)) restrictSqliteFile(path);
    return path;
  } catch (error) {
    throw createUnusableFileError(file, error);
  }
}

/**
 * @param path of {@link findEventFile}
 * @throws Error that says what is wrong with the file
 */
export function openEventFile(path: string): DatabaseSync {
  let sql: DatabaseSync | undefined;
  try {
    sql = openSqlite(path, { timeout: 5000 });
    lookAtFormat(sql, path);
    enterWalMode(sql);
    sql.exec(`PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${maxLogPages}`);
    sql.exec("BEGIN IMMEDIATE");
    const found = readFormat(sql, path);
    if (found === 1) sql.exec(fromFormat1);
    if (found === 1 || found === 2) {
      sql.function("org_of", (body) => readOrg(readStoredEvent(String(body)) ?? {}));
      sql.exec(toFormat3);
    }
    if (found < version) sql.exec(tables + indexes);
    sql.prepare("INSERT OR IGNORE INTO settings (name, value) VALUES ('log', ?)").run(randomUUID().slice(0, 8));
    sql.exec(`PRAGMA application_id = ${applicationId}`);
    sql.exec(`PRAGMA user_version = ${version}`);
    sql.exec("COMMIT");
    return sql;
  } catch (error) {
    sql?.close();
    throw createUnusableFileError(path, error);
  }
}
