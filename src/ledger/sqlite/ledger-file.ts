/** Opens the file of a ledger: SQLite in WAL mode, readable by its owner alone. */
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describeFileFailure } from "../../file-failure.ts";
import { restrictSqliteFile } from "../../private-file.ts";
import { openSqlite } from "../../sqlite.ts";
import { enterWalMode, maxOpeningMs, NewerFormatError, readPragma } from "../../sqlite-file.ts";

/** In the file's header, so that no other program's file is taken for a ledger: "OnSL". */
const applicationId = 0x4f6e534c;
const magic = "SQLite format 3\0";
const headerBytes = 100;
const applicationIdOffset = 68;

/** Each brings the file from the version before it (`user_version`) to the next; the first makes it. */
const migrations = [
  `
CREATE TABLE sends (
  -- Grows with each claim.
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL,
  reference TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  claim_id TEXT NOT NULL,
  state TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  platform TEXT NOT NULL,
  recipient TEXT NOT NULL,
  message_type TEXT NOT NULL,
  conversation_id TEXT,
  message_id TEXT,
  sent_at TEXT,
  reason TEXT,
  request_id TEXT,
  lease_ms INTEGER NOT NULL,
  claimed_at INTEGER NOT NULL,
  claimed_uptime INTEGER NOT NULL,
  claimed_boot TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  updated_uptime INTEGER NOT NULL,
  updated_boot TEXT NOT NULL,
  UNIQUE (scope, reference)
) STRICT;
CREATE INDEX sends_open ON sends (position) WHERE state IN ('claimed', 'unknown');
CREATE INDEX sends_updated ON sends (updated_at);
CREATE TABLE notes (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL,
  ttl_ms INTEGER NOT NULL,
  at INTEGER NOT NULL,
  uptime INTEGER NOT NULL,
  boot TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE admissions (
  position INTEGER PRIMARY KEY,
  ticket TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- How long it is remembered.
  window_ms INTEGER NOT NULL,
  at INTEGER NOT NULL,
  uptime INTEGER NOT NULL,
  boot TEXT NOT NULL
) STRICT;
CREATE INDEX admissions_name ON admissions (name, position);
`,
  `
ALTER TABLE notes ADD COLUMN list TEXT;
CREATE INDEX notes_list ON notes (list, at) WHERE list IS NOT NULL;
`,
];

/** Reads the header as bytes: another program's file is not opened as a database, which could change it. */
function checkHeader(file: string): void {
  // SQLite would make it readable for everybody.
  const descriptor = openSync(file, "a+", 0o600);
  try {
    if (!fstatSync(descriptor).isFile()) throw new Error("it is not a regular file");
    const header = Buffer.alloc(headerBytes);
    const length = readSync(descriptor, header, 0, headerBytes, 0);
    if (length === 0) return;
    if (header.toString("latin1", 0, magic.length) !== magic) throw new Error("it is not a send ledger");
    if (header.readUInt32BE(applicationIdOffset) !== applicationId)
      throw new Error("it is a database of another kind (of another program, or an event file of `onsync listen`)");
  } finally {
    closeSync(descriptor);
  }
}

/** Then there is nothing to write, and whoever holds the file is not waited for. Whose file it is, its header has said. */
function isCurrent(sql: DatabaseSync): boolean {
  return readPragma(sql, "user_version") === migrations.length;
}

function migrate(sql: DatabaseSync, file: string): void {
  sql.exec("BEGIN IMMEDIATE");
  const version = readPragma(sql, "user_version");
  if (version > migrations.length) throw new NewerFormatError(`The send ledger ${file}`, version, migrations.length);
  const { tables } = sql.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (tables > 0 && readPragma(sql, "application_id") !== applicationId)
    throw new Error("it is a database of another kind");
  for (const step of migrations.slice(version)) sql.exec(step);
  if (version < migrations.length) {
    sql.exec(`PRAGMA application_id = ${applicationId}`);
    sql.exec(`PRAGMA user_version = ${migrations.length}`);
  }
  sql.exec("COMMIT");
}

function connect(file: string): DatabaseSync {
  checkHeader(file);
  restrictSqliteFile(file);
  const sql = openSqlite(file, { timeout: maxOpeningMs });
  try {
    // A claim is on disk before its request leaves.
    sql.exec("PRAGMA synchronous = FULL");
    // Before the file is in WAL mode, so that the header of the file itself says whose it is from the first commit on.
    if (!isCurrent(sql)) migrate(sql, file);
    enterWalMode(sql);
    // From now on those who use it wait, without stopping their process.
    sql.exec("PRAGMA busy_timeout = 0");
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

export type LedgerFile = {
  sql: DatabaseSync;
  /** @throws Error where the path leads elsewhere by now: others would not see what is claimed here */
  checkInPlace(): void;
};

/** @throws Error that says what is wrong with the file */
export function openLedgerFile(file: string): LedgerFile {
  try {
    if (typeof file !== "string" || file.trim() === "") throw new Error("its path is blank");
    // Absolute, since SQLite takes ":memory:" and "file:…" for something else than a path.
    const path = resolve(file);
    const sql = connect(path);
    const { ino, dev } = statSync(path);
    return {
      sql,
      checkInPlace() {
        const now = statSync(path, { throwIfNoEntry: false });
        if (now?.ino !== ino || now.dev !== dev)
          throw new Error(`The send ledger ${file} was deleted or replaced while it was in use: start again.`);
      },
    };
  } catch (error) {
    if (error instanceof NewerFormatError) throw error;
    throw new Error(
      `The send ledger ${file} cannot be used: ${describeFileFailure(error)}. Check the path and its permissions, or name another file.`,
      { cause: error },
    );
  }
}
