/** CSV as spreadsheets and CRMs write it: whatever separates the cells, with line ends and separators within quotes. */
import { type CsvError, type Info, parse } from "csv-parse";
import { FileError, type Row, type RowFile } from "./row.ts";
import { type FileStart, nameEncoding, readText } from "./text.ts";

const delimiters = [",", ";", "\t", "|"] as const;
const delimiterNames: Record<string, string> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };

/** A row this long, in characters, is taken for one whose quote is never closed. */
const maxRowLength = 64 * 1024 * 1024;

/** The first line that Excel writes and reads to say what separates the cells. */
const separatorLine = /^sep=(.)\r?\n/i;

type Layout = { delimiter: string; columns: string[]; separatorLineLength: number };

/** @throws FileError where it has no line of column names */
export async function openCsv(file: string, start: FileStart): Promise<RowFile> {
  const first = await readFirstText(file, start);
  const separator = separatorLine.exec(first);
  const separatorLineLength = separator?.[0].length ?? 0;
  const delimiter = separator?.[1] ?? findDelimiter(first);
  const layout: Layout = { delimiter, columns: [], separatorLineLength };
  const head = await readRecords(file, start, layout).next();
  const names = head.done ? [] : head.value.record;
  if (names.every((name) => name.trim() === "")) throw new FileError("has no names of columns", 1);
  layout.columns = nameColumns(names);
  return {
    format: "csv",
    description: `CSV, ${nameEncoding(start.encoding)}, separated by ${delimiterNames[delimiter] ?? JSON.stringify(delimiter)}`,
    columns: layout.columns,
    rows: () => readRows(file, start, layout),
    csv: { delimiter, hasMark: start.hasMark || start.encoding !== "utf-8" },
  };
}

async function readFirstText(file: string, { encoding }: FileStart): Promise<string> {
  for await (const text of readText(file, encoding)) if (text !== "") return text;
  return "";
}

/** What stands most often in the first line, outside of quotes. */
function findDelimiter(text: string): string {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "\n" || character === "\r")) break;
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const count = (delimiter: string) => counts.get(delimiter) ?? 0;
  return delimiters.reduce<string>((most, each) => (count(each) > count(most) ? each : most), ",");
}

function nameColumns(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((given, index) => {
    const name = given.trim() || `column ${index + 1}`;
    let unlike = name;
    for (let number = 2; taken.has(unlike); number++) unlike = `${name}#${number}`;
    taken.add(unlike);
    return unlike;
  });
}

type CsvRecord = { record: string[]; line: number };

/** Every record, the column names first, with the line where it begins. */
async function* readRecords(
  file: string,
  start: FileStart,
  layout: Layout,
): AsyncGenerator<CsvRecord, void, undefined> {
  const { delimiter, separatorLineLength } = layout;
  // Where the record before ended, as the parser counts; told at once, so that an error that comes next knows it.
  let lines = separatorLineLength > 0 ? 1 : 0;
  let counted = { lines: 0, empty_lines: 0 };
  const parser = parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowLength,
    on_record: (record: string[], info: Info) => {
      const line = lines + 1 + info.empty_lines - counted.empty_lines;
      lines += info.lines - counted.lines;
      counted = info;
      return { record, line } as never;
    },
  });
  const feeding = feed(parser, readText(file, start.encoding), separatorLineLength);
  try {
    yield* parser as AsyncIterable<CsvRecord>;
    await feeding;
  } catch (error) {
    throw error instanceof FileError ? error : toFileError(error as CsvError, lines + 1);
  } finally {
    parser.destroy();
  }
}

/** Gives the parser the text as it takes it; what goes wrong with the text ends the parser. */
async function feed(parser: ReturnType<typeof parse>, texts: AsyncIterable<string>, skipped: number): Promise<void> {
  let left = skipped;
  try {
    for await (const text of texts) {
      if (parser.destroyed) return;
      const rest = text.slice(left);
      left = Math.max(0, left - text.length);
      if (rest !== "" && !parser.write(rest)) await waitForRoom(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

/** Until it takes more, or takes nothing any more. */
function waitForRoom(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      parser.off("drain", go);
      parser.off("close", go);
      resolve();
    };
    parser.on("drain", go);
    parser.on("close", go);
  });
}

function toFileError(error: CsvError, begins: number): FileError {
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return new FileError(
        'a quote (") that opens a cell here is never closed: close it, or double it where it is meant.',
        begins,
        error,
      );
    case "CSV_MAX_RECORD_SIZE":
      return new FileError('this row does not end: close the quote (") that opens one of its cells.', begins, error);
    case "INVALID_OPENING_QUOTE":
    case "CSV_INVALID_CLOSING_QUOTE":
      return new FileError(
        'a quote (") stands within a cell: put the cell in quotes and double the quote ("").',
        begins,
        error,
      );
    default:
      return new FileError(`this cannot be read as CSV (${error.message}).`, begins, error);
  }
}

async function* readRows(file: string, start: FileStart, layout: Layout): AsyncGenerator<Row, void, undefined> {
  const { columns } = layout;
  let isHead = true;
  for await (const { record, line } of readRecords(file, start, layout)) {
    if (isHead) {
      isHead = false;
      continue;
    }
    const cells = record.map((cell) => cell.trim() || null);
    if (cells.every((cell) => cell === null)) continue;
    const extra = cells.slice(columns.length).some((cell) => cell !== null);
    const fits = cells.length >= columns.length && !extra;
    yield fits ? { line, cells } : { line, cells, problem: describeMisfit(cells.length, columns.length) };
  }
}

function describeMisfit(found: number, wanted: number): { field: string; reason: string } {
  return {
    field: "",
    reason:
      found > wanted
        ? `has ${found} cells where the first line has ${wanted}: put a cell with a separator in it in quotes`
        : `has ${found} cells where the first line has ${wanted}: put a cell with a line end in it in quotes, or add the separators that are missing`,
  };
}
