/** What differs between the databases that an export goes to. What they are told is the same SQL otherwise. */
import { MovementStopped } from "../../../budget/paced-calls.ts";
import type { ColumnType } from "../../records.ts";

/** All values come as texts, whatever they are in the database. */
export type SqlRow = Record<string, string | null>;

export type SqlEngine = {
  /** What messages call the place, without a password: `postgres://host:5432/database`. */
  place: string;
  /** What each type of column is called. */
  types: Readonly<Record<ColumnType, string>>;
  /** A column type for texts that are ordered by their bytes. */
  byteOrderedText: string;
  /** What a database object is called in SQL, given its name alone. */
  quoteTable(name: string): string;
  /** Whether texts keep a zero byte. */
  keepsZeroBytes: boolean;
  /**
   * A source of rows for FROM, with the columns c0, c1 … of the parameter `$1`: a JSON text that is a list of objects with
   * those names. A timestamp is a number of microseconds since 1970.
   */
  unpack(types: readonly ColumnType[]): string;
  /** An expression that makes the value of a column of {@link unpack} one of the table's. */
  fromUnpacked(name: string, type: ColumnType): string;
  /** An expression for a value as a text: a timestamp in microseconds since 1970. */
  toText(expression: string, type: ColumnType): string;
  /** Whether there is a table of this name, whoever made it. */
  hasTable(name: string): Promise<boolean>;
  /** @returns the rows that it gives, and how many it changed */
  run(sql: string, ...parameters: string[]): Promise<{ rows: SqlRow[]; changed: number }>;
  /** Begins a transaction. @throws where somebody else has begun to write here */
  begin(): Promise<void>;
  /**
   * Has the place's files written anew, without what was removed; nothing else is done with it then.
   *
   * @param tables those that rows were removed from, as {@link quoteTable} has them
   * @returns `false`: it could not be done now
   */
  scrub(tables: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
};

/** The database has not done what it was told, or is away: what was committed before is there. */
export function createEngineError(message: string): MovementStopped {
  return new MovementStopped(message, "Mend that, and run the same command again: it goes on from here.", null);
}
