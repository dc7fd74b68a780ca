/** The SQLite file (or memory) behind the reference: opening, transactions, and copies of everything in it. */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { createPrivateFile, restrictSqliteFile } from "../../src/private-file.ts";
import { openSqlite } from "../../src/sqlite.ts";
import { schema, schemaVersion, tables } from "./schema.ts";

/** Everything the tables hold, as plain JSON: row by row, column names as in `schema.ts`. */
export type Dump = Record<(typeof tables)[number], Record<string, string | number | null>[]>;

export type Database = {
  sql: DatabaseSync;
  /** Prepares a statement that is put together anew for each question; the same text is prepared once. */
  prepared(text: string): StatementSync;
  /** Runs `work` in one transaction: all of it is kept, or (when it throws) nothing. Inside another one it joins it. */
  transaction<Result>(work: () => Result): Result;
  dump(): Dump;
  /** Replaces everything the tables hold. */
  load(dump: Dump): void;
  clear(): void;
  close(): void;
};

const inMemory = ":memory:";

function openFile(file: string): DatabaseSync {
  try {
    if (file !== inMemory) createPrivateFile(file);
    const sql = openSqlite(file, { timeout: 5000 });
    sql.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY");
    return sql;
  } catch (error) {
    throw new Error(
      `Cannot open the data file ${file}: ${(error as Error).message}. Give a path in an existing folder, to a file the reference made or to none.`,
    );
  }
}

/** @throws Error with a sentence when the file cannot be opened or was written by another version. */
export function openDatabase(file = inMemory): Database {
  const sql = openFile(file);
  const version = Number(sql.prepare("PRAGMA user_version").get()?.user_version);
  if (version === 0) sql.exec(`BEGIN; ${schema} PRAGMA user_version = ${schemaVersion}; COMMIT`);
  else if (version !== schemaVersion) {
    sql.close();
    throw new Error(
      `The data file ${file} has format ${version}; this version reads format ${schemaVersion}. Use another file.`,
    );
  }

  if (file !== inMemory) restrictSqliteFile(file);

  const begin = sql.prepare("BEGIN IMMEDIATE");
  const commit = sql.prepare("COMMIT");
  const rollback = sql.prepare("ROLLBACK");
  const transaction = <Result>(work: () => Result): Result => {
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

  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    const statement = statements.get(text) ?? sql.prepare(text);
    statements.set(text, statement);
    return statement;
  };

  const clear = (): void => {
    for (const table of tables) sql.exec(`DELETE FROM ${table}`);
  };

  return {
    sql,
    prepared,
    transaction,
    dump: () =>
      Object.fromEntries(
        tables.map((table) => [
          table,
          sql
            .prepare(`SELECT * FROM ${table}`)
            .all()
            .map((row) => ({ ...row })),
        ]),
      ) as Dump,
    load: (dump) =>
      transaction(() => {
        clear();
        for (const table of tables) {
          const columns = Object.keys(dump[table][0] ?? {});
          if (columns.length === 0) continue;
          const insert = sql.prepare(
            `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
          );
          for (const row of dump[table]) insert.run(...columns.map((column) => row[column] as SQLInputValue));
        }
      }),
    clear: () => transaction(clear),
    close: () => sql.close(),
  };
}
