/** Opens a file of rows by what is in it: its name counts for nothing. */
import { openCsv } from "./csv.ts";
import { openNdjson } from "./ndjson.ts";
import { FileError, type RowFile } from "./row.ts";
import { readStart } from "./text.ts";

/** Files that begin so are no rows yet, and what makes rows of them. */
const others: readonly [beginning: string, advice: string][] = [
  ["PK\u0003\u0004", "This is an Excel workbook or a zip: save its sheet as “CSV UTF-8”."],
  ["\u00d0\u00cf\u0011\u00e0", "This is an old Excel workbook: save its sheet as “CSV UTF-8”."],
  ["\u001f\u008b", "This is gzip: unpack it first (gunzip)."],
  ["[", "This is a JSON list: write one object a line (jq -c '.[]')."],
  ["%PDF", "This is a PDF: export the contacts as CSV."],
  ["<", "This is HTML or XML: export the contacts as CSV."],
];

/** @throws FileError that says what it is, where it is none */
export async function openRows(file: string): Promise<RowFile> {
  const start = await readStart(file);
  const beginning = start.bytes.toString("latin1", 0, 8);
  if (beginning.startsWith("PAR1")) {
    const { openParquet } = await import("./parquet.ts");
    return openParquet(file);
  }
  const text = start.bytes
    .toString(start.encoding === "utf-8" ? "utf8" : "utf16le")
    .replace(/^\ufeff/, "")
    .trimStart();
  const other = others.find(([each]) => beginning.startsWith(each) || text.startsWith(each));
  if (other) throw new FileError(other[1]);
  return text.startsWith("{") ? openNdjson(file, start) : openCsv(file, start);
}
