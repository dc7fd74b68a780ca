/**
 * A SQLite file that remembers how far a movement of data has come: for its owner alone, for one process at a time, and on disk
 * before what it speaks of happens.
 */
import { lstatSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describeFileFailure, parseKeptJson } from "../file-failure.ts";
import { createPrivateFile, restrictSqliteFile } from "../private-file.ts";
import { openSqlite } from "../sqlite.ts";
import { isBusy, NewerFormatError, readPragma } from "../sqlite-file.ts";

export type StateFileKind = {
  /** What messages call it, such as "the journal of an import". */
  name: string;
  /** In the file's header, so that no other file is taken for one. */
  applicationId: number;
  /** Each brings the file from the version before it (`user_version`) to the next; the first makes it. */
  migrations: readonly string[];
};

export type StateFile = {
  sql: DatabaseSync;
  /** Either all of it happens or nothing. */
  transaction<Result>(work: () => Result): Result;
  /**
   * What was kept as JSON.
   * @throws Error with a sentence where that is damaged, which SQLite does not notice of a text
   */
  parse<Value>(json: string): Value;
  close(): void;
};

/**
 * @throws Error with a sentence where the file is another one's, is in use by another process, or cannot be written
 */
export function openStateFile(file: string, kind: StateFileKind): StateFile {
  const path = checkPath(file, kind);
  let sql: DatabaseSync | undefined;
  try {
    createPrivateFile(path);
    sql = openSqlite(path, { timeout: 0 });
    // The lock is the system's, and ends with the process, however that ends.
    sql.exec("PRAGMA locking_mode = EXCLUSIVE");
    checkKind(sql, kind);
    claim(sql, file, kind);
    restrictSqliteFile(path);
  } catch (error) {
    sql?.close();
    throw describeFailure(file, kind, error);
  }
  const open = sql;

  return {
    sql: open,
    transaction(work) {
      open.exec("BEGIN IMMEDIATE");
      try {
        const result = work();
        open.exec("COMMIT");
        return result;
      } catch (error) {
        // A full disk may have rolled back already.
        if (open.isTransaction) open.exec("ROLLBACK");
        throw error;
      }
    },
    parse(json) {
      try {
        return parseKeptJson(json);
      } catch (error) {
        throw describeFailure(file, kind, error);
      }
    },
    close: () => open.close(),
  };
}

function checkKind(sql: DatabaseSync, { applicationId, name }: StateFileKind): void {
  const id = readPragma(sql, "application_id");
  const { tables } = sql.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (id !== applicationId && (id !== 0 || tables > 0)) throw new Error(`it is not ${name}`);
}

function claim(sql: DatabaseSync, file: string, { name, applicationId, migrations }: StateFileKind): void {
  // A note is on disk before its request leaves.
  sql.exec("PRAGMA synchronous = FULL");
  sql.exec("BEGIN EXCLUSIVE");
  const version = readPragma(sql, "user_version");
  if (version > migrations.length) throw new NewerFormatError(`${file}, ${name},`, version, migrations.length);
  for (const step of migrations.slice(version)) sql.exec(step);
  sql.exec(`PRAGMA application_id = ${applicationId}`);
  sql.exec(`PRAGMA user_version = ${migrations.length}`);
  sql.exec("COMMIT");
  // Without shared memory: nobody else may have it open.
  sql.exec("PRAGMA journal_mode = WAL");
}

/** A link could lead to a file that somebody else chose. @returns absolute, since SQLite takes `file:…` for something else */
function checkPath(file: string, { name }: StateFileKind): string {
  const path = resolve(file);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink())
    throw new Error(`${file} cannot be ${name}: it is a symbolic link. Name the file itself.`);
  if (stats && !stats.isFile()) throw new Error(`${file} cannot be ${name}: it is not a regular file.`);
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    throw new Error(`${file} cannot be ${name}: its folder is not there. Make it, or name another file.`);
  }
}

function describeFailure(file: string, { name }: StateFileKind, error: unknown): Error {
  if (error instanceof NewerFormatError) return error;
  const reason = isBusy(error) ? "another process has it open: wait until that has ended" : describeFileFailure(error);
  return new Error(`${file} cannot be ${name}: ${reason}. Or name another file.`, { cause: error });
}
