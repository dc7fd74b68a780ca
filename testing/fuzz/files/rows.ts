/** Files of rows, as somebody's spreadsheet or database wrote them: CSV, NDJSON and Parquet. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { FileError, openRows } from "../../../src/data/index.ts";
import type { Entry, OpenEntry } from "../entry.ts";
import { changedBytes } from "../inputs/bytes.ts";
import { hostileText, hostileValue, writeJson } from "../inputs/text.ts";
import { findLeaks } from "../judge.ts";
import { createScratch } from "./scratch.ts";

/** Each character of `bytes` is a byte. */
type FileInput = { bytes: string };

/** A message is for a person at a terminal. */
const maxMessageLength = 2000;

async function readTwice(file: string): Promise<string[]> {
  const rows = await openRows(file);
  const counts: number[] = [];
  for (let time = 0; time < 2; time++) {
    let count = 0;
    for await (const row of rows.rows()) {
      count++;
      if (row.problem === undefined && row.cells.length < rows.columns.length)
        return [`a row without a problem has ${row.cells.length} cells of ${rows.columns.length}`];
    }
    counts.push(count);
  }
  const isUnlike = new Set(rows.columns).size === rows.columns.length;
  return [
    ...(counts[0] === counts[1] ? [] : [`it has ${counts[0]} rows, and then ${counts[1]}`]),
    ...(isUnlike ? [] : ["two columns have one name"]),
  ];
}

/** A refusal says how to mend the file; anything else was not foreseen. */
function judgeError(error: unknown, given: string): string[] {
  const { name, message } = error as Error;
  if (!(error instanceof FileError)) return [`it fails with a ${name}: ${String(message).slice(0, 300)}`];
  return [
    ...(message.length > maxMessageLength ? [`it is refused with ${message.length} characters`] : []),
    ...findLeaks(message, given, []),
  ];
}

function createRowsEntry(name: string, share: number, whole: fc.Arbitrary<string>, pieces: string[]): Entry<FileInput> {
  const open = async (): Promise<OpenEntry<FileInput>> => {
    const scratch = createScratch();
    const file = join(scratch.path, "contacts");
    return {
      kinds: {
        schema: whole.map((bytes) => ({ bytes })),
        bytes: changedBytes(whole, pieces).map((bytes) => ({ bytes })),
      },
      try: async ({ bytes }) => {
        writeFileSync(file, bytes, "latin1");
        return readTwice(file).catch((error: unknown) => judgeError(error, bytes));
      },
      close: async () => {
        scratch.remove();
        return { harms: [], figures: "" };
      },
    };
  };
  return { name, share, open };
}

const toLatin1 = (text: string, encoding: BufferEncoding = "utf8"): string =>
  Buffer.from(text, encoding).toString("latin1");

function quoteCell(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const headNames = ["Phone", "Email", "First Name", "Tags", "properties.externalId", "", " ", "__proto__", "Phone#2"];
const cell = fc.oneof(fc.constantFrom("+971500000000", "sara@example.com", "Sara", "lead; vip", ""), hostileText);

const csvTable = fc
  .tuple(
    fc.array(fc.constantFrom(...headNames), { minLength: 1, maxLength: 6 }),
    fc.array(fc.array(cell, { maxLength: 7 }), { maxLength: 6 }),
    fc.constantFrom(",", ";", "\t", "|"),
    fc.constantFrom("\r\n", "\n", "\r"),
    fc.constantFrom("utf8", "utf8 with a mark", "utf16le", "sep="),
  )
  .map(([head, rows, delimiter, lineEnd, how]) => {
    const lines = [head, ...rows].map((cells) => cells.map((each) => quoteCell(each, delimiter)).join(delimiter));
    const text = lines.join(lineEnd);
    if (how === "utf16le") return toLatin1(`\ufeff${text}`, "utf16le");
    return toLatin1(
      `${how === "utf8 with a mark" ? "\ufeff" : ""}${how === "sep=" ? `sep=${delimiter}\r\n` : ""}${text}`,
    );
  });

const csvPieces = [
  '"',
  '""',
  '"\r\n',
  ",",
  ";",
  "\t",
  "\0",
  "\r",
  "\n",
  "sep=x\r\n",
  "\xff\xfe",
  "\xfe\xff",
  "\xef\xbb\xbf",
  "\xed\xa0\x80",
  "PK\x03\x04",
  "\x1f\x8b",
  "[",
  "<",
  "%PDF",
  ",".repeat(3000),
  "a".repeat(70_000),
];

export const csv = createRowsEntry("csv", 2, csvTable, csvPieces);

const ndjsonObject = fc.dictionary(
  fc.constantFrom("phone", "email", "tags", "properties", "a.b", "__proto__", ""),
  hostileValue,
);
const ndjsonLines = fc
  .tuple(
    fc.array(fc.oneof({ weight: 5, arbitrary: ndjsonObject }, { weight: 1, arbitrary: hostileValue }), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.constantFrom("\n", "\r\n", "\n\n"),
  )
  .map(([objects, lineEnd]) => toLatin1(`{"phone":"+971500000000"}${lineEnd}${objects.map(writeJson).join(lineEnd)}`));

const ndjsonPieces = [
  "{",
  "}",
  "[",
  '"',
  "\\",
  "\n",
  "\0",
  "null",
  "1e400",
  "\xff",
  "\xed\xa0\x80",
  '{"a":'.repeat(20_000),
  `${'{"a":'.repeat(12_000)}1${"}".repeat(12_000)}`,
  `{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
];

export const ndjson = createRowsEntry("ndjson", 2, ndjsonLines, ndjsonPieces);

type ParquetColumns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];

const parquetTables: ParquetColumns[] = [
  [
    { name: "phone", data: ["+971500000000", "+971500000001", null] },
    { name: "vip", data: [true, false, true] },
  ],
  [
    { name: "n", data: [1, 2, 3] },
    { name: "big", data: [1n, 2n, 2n ** 60n] },
    { name: "at", data: [new Date(0), new Date(1), new Date(2)] },
  ],
  [
    { name: "json", data: [{ a: 1 }, { b: [1] }, {}], type: "JSON" },
    { name: "text", data: ["a".repeat(500), "b", "c"] },
  ],
];

const parquetFile = fc.constantFrom(
  ...parquetTables.flatMap((columnData) =>
    (["SNAPPY", "UNCOMPRESSED"] as const).map((codec) =>
      Buffer.from(parquetWriteBuffer({ columnData, codec })).toString("latin1"),
    ),
  ),
);

const parquetPieces = [
  "PAR1",
  "\0",
  "\xff\xff\xff\xff",
  "\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
  "\x15",
  "\x19",
  "\x1c",
  "\x80\x80\x80\x80\x08",
];

export const parquet = createRowsEntry("parquet", 0.5, parquetFile, parquetPieces);
