/** The SQLite file (or memory) behind the reference: opening, transactions, and copies of everything in it. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { describeFileFailure } from "../../src/file-failure.ts";
import { createPrivateFile, restrictSqliteFile } from "../../src/private-file.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { enterWalMode, maxOpeningMs, NewerFormatError } from "../../src/sqlite-file.ts";
import { checkFormat, upgradeFormat } from "./file-format.ts";
import { tables } from "./schema.ts";

/** Everything the tables hold, as plain JSON: row by row, column names as in `schema.ts`. */
export type Dump = Record<(typeof tables)[number], Record<string, string | number | null>[]>;

export type Database = {
  sql: DatabaseSync;
  /** Prepares a statement that is put together anew for each question; the same text is prepared once. */
  prepareOnce(text: string): StatementSync;
  /** Runs `work` in one transaction: all of it is kept, or (when it throws) nothing. Inside another one it joins it. */
  transaction<Result>(work: () => Result): Result;
  dump(): Dump;
  /** Replaces everything the tables hold. */
  load(dump: Dump): void;
  clear(): void;
  close(): void;
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
  const transaction = createTransaction(sql);
  return {
    sql,
    prepareOnce: createStatementCache(sql),
    transaction,
    dump: () => dumpTables(sql),
    load: (dump) =>
      transaction(() => {
        clearTables(sql);
        loadTables(sql, dump);
      }),
    clear: () => transaction(() => clearTables(sql)),
    close: () => sql.close(),
  };
}

function openFile(file: string): DatabaseSync {
  let sql: DatabaseSync | undefined;
  try {
    if (file !== inMemory) createPrivateFile(file);
    sql = openSqlite(file, { timeout: maxOpeningMs });
    checkFormat(sql, file);
    enterWalMode(sql);
    sql.exec("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");
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

function createTransaction(sql: DatabaseSync): Database["transaction"] {
  const begin = sql.prepare("BEGIN IMMEDIATE");
  const commit = sql.prepare("COMMIT");
  const rollback = sql.prepare("ROLLBACK");
  return (work) => {
    if (sql.isTransaction) return work();
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      if (sql.isTransaction) rollback.run();
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
