/** The SQLite file (or memory) behind the reference: opening, transactions, and copies of everything in it. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { describeFileFailure } from "../../src/file-failure.ts";
import { createPrivateFile, restrictSqliteFile } from "../../src/private-file.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { enterWalMode, maxOpeningMs, NewerFormatError } from "../../src/sqlite-file.ts";
import { createCheckpoints, maxLogPages } from "./file/checkpoints.ts";
import { checkFormat, upgradeFormat } from "./file/file-format.ts";
import { tables } from "./schema.ts";

/** Everything the tables hold, as plain JSON: row by row, column names as in `schema.ts`. */
export type Dump = Record<(typeof tables)[number], Record<string, string | number | null>[]>;

export type Database = {
  sql: DatabaseSync;
  /** Prepares a statement that is put together anew for each question; the same text is prepared once. */
  prepareOnce(text: string): StatementSync;
  /** Runs `work` in one transaction: all of it is kept, or (when it throws) nothing. Inside another one it joins it. */
  transaction<Result>(work: () => Result): Result;
  /**
   * What `read` gives, kept for whoever asks by that name next, until what is so kept may have changed: for what each request asks
   * and hardly anybody changes. It is one and the same for all, and `undefined` is not kept.
   */
  remember<Value>(name: string, read: () => Value): Value;
  /** What is remembered by that name, or anything of what is remembered, has changed. */
  forget(name?: string): void;
  dump(): Dump;
  /** Replaces everything the tables hold. */
  load(dump: Dump): void;
  clear(): void;
  close(): Promise<void>;
};

/** The file of `data` is none that the reference can work with, and its message says why. */
export class UnusableDataFileError extends Error {
  override readonly name = "UnusableDataFileError";
}

const inMemory = ":memory:";

/** @throws Error with a sentence when the file cannot be opened, is another program's or was written by a later version. */
export function openDatabase(file = inMemory): Database {
  const sql = openFile(file);
  if (file !== inMemory) restrictSqliteFile(file);
  const { remember, forget, noticeOthers } = createMemory(sql, file !== inMemory);
  const checkpoints = file === inMemory ? null : createCheckpoints(file);
  const transaction = createTransaction(sql, {
    begun: noticeOthers,
    done: () => checkpoints?.note(),
    undone: forget,
  });
  return {
    sql,
    prepareOnce: createStatementCache(sql),
    transaction,
    remember,
    forget,
    dump: () => dumpTables(sql),
    load: (dump) =>
      transaction(() => {
        clearTables(sql);
        loadTables(sql, dump);
        forget();
      }),
    clear: () =>
      transaction(() => {
        clearTables(sql);
        forget();
      }),
    close: async () => {
      await checkpoints?.close();
      sql.close();
    },
  };
}

function openFile(file: string): DatabaseSync {
  let sql: DatabaseSync | undefined;
  try {
    if (file !== inMemory) createPrivateFile(file);
    sql = openSqlite(file, { timeout: maxOpeningMs });
    checkFormat(sql, file);
    enterWalMode(sql);
    sql.exec(`PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = ${maxLogPages}`);
    upgradeFormat(sql, file);
    return sql;
  } catch (error) {
    sql?.close();
    if (error instanceof NewerFormatError) throw error;
    throw new UnusableDataFileError(
      `Cannot open the data file ${file}: ${describeFileFailure(error)}. Give a path in an existing folder, to a file the reference made or to none.`,
      { cause: error },
    );
  }
}

/** So many values are remembered at most. */
const maxRemembered = 1000;

/** @param isShared whether other processes may have the file, too */
function createMemory(sql: DatabaseSync, isShared: boolean) {
  const values = new Map<string, unknown>();
  const version = sql.prepare("PRAGMA data_version");
  let known: unknown;

  /** SQLite counts the changes of others alone. While a transaction is open there are none. */
  const noticeOthers = (): void => {
    if (!isShared) return;
    const current = version.get()?.data_version;
    if (current !== known) values.clear();
    known = current;
  };
  return {
    noticeOthers,
    remember: <Value>(name: string, read: () => Value): Value => {
      if (!sql.isTransaction) noticeOthers();
      const kept = values.get(name) as Value | undefined;
      if (kept !== undefined) return kept;
      const value = read();
      if (values.size >= maxRemembered) values.clear();
      if (value !== undefined) values.set(name, value);
      return value;
    },
    forget: (name?: string): void => {
      if (name === undefined) values.clear();
      else values.delete(name);
    },
  };
}

function createTransaction(
  sql: DatabaseSync,
  { begun, done, undone }: { begun: () => void; done: () => void; undone: () => void },
): Database["transaction"] {
  const begin = sql.prepare("BEGIN IMMEDIATE");
  const commit = sql.prepare("COMMIT");
  const rollback = sql.prepare("ROLLBACK");
  return (work) => {
    if (sql.isTransaction) return work();
    begin.run();
    try {
      begun();
      const result = work();
      commit.run();
      done();
      return result;
    } catch (error) {
      if (sql.isTransaction) rollback.run();
      undone();
      throw error;
    }
  };
}

function createStatementCache(sql: DatabaseSync): Database["prepareOnce"] {
  const statements = new Map<string, StatementSync>();
  return (text) => {
    const statement = statements.get(text) ?? sql.prepare(text);
    statements.set(text, statement);
    return statement;
  };
}

function dumpTables(sql: DatabaseSync): Dump {
  const readRows = (table: string) => sql.prepare(`SELECT * FROM ${table}`).all();
  return Object.fromEntries(tables.map((table) => [table, readRows(table).map((row) => ({ ...row }))])) as Dump;
}

/** Into tables that are empty; those that an earlier format did not know stay so. */
function loadTables(sql: DatabaseSync, dump: Partial<Dump>): void {
  for (const table of tables) {
    const rows = dump[table] ?? [];
    const columns = Object.keys(rows[0] ?? {});
    if (columns.length === 0) continue;
    const insert = sql.prepare(
      `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
    );
    for (const row of rows) insert.run(...columns.map((column) => row[column] as SQLInputValue));
  }
}

function clearTables(sql: DatabaseSync): void {
  for (const table of tables) sql.exec(`DELETE FROM ${table}`);
}
