/**
 * Opens SQLite's files, so that no text that is read from them is cut.
 *
 * `node:sqlite` of Node 22, and of the first releases of Node 24, reads a text only as far as its first zero byte, which
 * a customer's message, a name and a reference may all have. There the texts are read as bytes. What is in a file is the
 * same under every Node.
 *
 * `LIMIT ?` alone has SQLite compile the statement again each time it runs, for the bound number could change the plan. Ours
 * say `LIMIT ? + 0`.
 */
import type { DatabaseSync, DatabaseSyncOptions, SQLInputValue, StatementSync } from "node:sqlite";
import { refuseTornFile } from "./sqlite-torn.ts";

type Values = SQLInputValue[];
type Row = Record<string, unknown>;
type Column = ReturnType<StatementSync["columns"]>[number];

/** Loaded by whoever opens a file, and by nobody else: Node 22 prints a warning where it is loaded. */
function load(): typeof import("node:sqlite") {
  return process.getBuiltinModule("node:sqlite");
}

/** What this Node does, asked of itself once. */
let cutsTexts: boolean | undefined;

function isCutting(): boolean {
  const sql = new (load().DatabaseSync)(":memory:");
  const row = sql.prepare("SELECT char(97, 0, 98) AS text").get();
  sql.close();
  return row?.text !== "a\0b";
}

/** What an expression puts together has no declared type. It is a number in all of ours. */
function isText({ type }: Column): boolean {
  return type === "TEXT";
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The statement with bytes in place of its texts, under the same names and in the same order. */
function selectBytes(text: string, columns: Column[]): string {
  if (/^\s*SELECT\b/i.test(text)) {
    const list = columns.map((column) => {
      const name = quote(column.name);
      return isText(column) ? `CAST(${name} AS BLOB) AS ${name}` : name;
    });
    return `SELECT ${list.join(", ")} FROM (${text}\n)`;
  }
  // What follows RETURNING goes on. Of two columns with one name, a row has the last.
  const added = columns
    .filter(isText)
    .map(({ name, column }) => `CAST(${quote(column ?? name)} AS BLOB) AS ${quote(name)}`);
  return `${text}, ${added.join(", ")}`;
}

function decode({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}

/** The statement as any other, its texts whole. */
function prepareUncut(prepare: DatabaseSync["prepare"], text: string): StatementSync {
  const plain = prepare(text);
  if (!/^\s*SELECT\b|\bRETURNING\b/i.test(text)) return plain;
  const columns = plain.columns();
  const texts = columns.filter(isText).map(({ name }) => name);
  if (texts.length === 0) return plain;

  const statement = prepare(selectBytes(text, columns));
  const decodeTexts = (row: Row): Row => {
    for (const name of texts) {
      const bytes = row[name];
      if (ArrayBuffer.isView(bytes)) row[name] = decode(bytes);
    }
    return row;
  };
  const get: (...values: Values) => Row | undefined = statement.get.bind(statement);
  const all: (...values: Values) => Row[] = statement.all.bind(statement);
  const iterate: (...values: Values) => Iterable<Row> = statement.iterate.bind(statement);
  return Object.assign(statement, {
    get(...values: Values) {
      const row = get(...values);
      return row && decodeTexts(row);
    },
    all: (...values: Values) => all(...values).map(decodeTexts),
    *iterate(...values: Values) {
      for (const row of iterate(...values)) yield decodeTexts(row);
    },
  });
}

/**
 * @throws Error with SQLite's code for a damaged file, also where it is shorter than it says: a copy that broke off, of which
 *   SQLite reads the rest as empty
 */
export function openSqlite(path: string | URL, options: DatabaseSyncOptions = {}): DatabaseSync {
  if (path !== ":memory:") refuseTornFile(path);
  const sql = new (load().DatabaseSync)(path, options);
  cutsTexts ??= isCutting();
  if (cutsTexts) {
    const prepare = sql.prepare.bind(sql);
    sql.prepare = (text) => prepareUncut(prepare, text);
  }
  return sql;
}
