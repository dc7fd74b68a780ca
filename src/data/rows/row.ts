/** A row of a file, whatever its format. */

/** What a cell holds: an empty one is `null`. */
export type Cell = string | number | boolean | readonly string[] | null;

/** Why a row cannot be taken: the field, and what to do about it. */
export type Problem = { field: string; reason: string };

export type Row = {
  /** Where it begins: the line of a text file from 1, the row of a Parquet file from 1. */
  line: number;
  /** In the order of the file's columns. */
  cells: readonly Cell[];
  /** Set where the row cannot be read as the others are. */
  problem?: Problem;
};

/** A file that can be read from its beginning as often as it is needed. */
export type RowFile = {
  format: "csv" | "ndjson" | "parquet";
  /** How it is written, for a person: its encoding, what separates its cells. */
  description: string;
  /** Their names are unlike: of two that are called the same, the second is `Email#2`. */
  columns: readonly string[];
  /** @throws FileError where it cannot be read on */
  rows(): AsyncGenerator<Row, void, undefined>;
  /** What separates the cells of a CSV, and whether it begins with a byte order mark: a file beside it is written alike. */
  csv?: { delimiter: string; hasMark: boolean };
};

/** The file cannot be read, or not from this line on: its message says how to mend it. */
export class FileError extends Error {
  override readonly name = "FileError";
  /** `null` where it is of the whole file. */
  readonly line: number | null;

  constructor(message: string, line: number | null = null, cause?: unknown) {
    super(line === null ? message : `Line ${line}: ${message}`, cause === undefined ? undefined : { cause });
    this.line = line;
  }
}
