/** A part of an export: a file of rows in one of the formats, written from its beginning to its end, and read again. */
import type { Column, ExportRow } from "../../records.ts";
import { createCsvWriter, readCsv } from "./csv-part.ts";
import { createNdjsonWriter, readNdjson } from "./ndjson-part.ts";
import { createParquetWriter, readParquet } from "./parquet-part.ts";
import type { PartWriter } from "./part-writer.ts";

export const partFormats = ["ndjson", "csv", "parquet"] as const;
export type PartFormat = (typeof partFormats)[number];

type Format = {
  createWriter(columns: readonly Column[], write: (bytes: Uint8Array | string) => void): PartWriter;
  /** Rows as they were written; a CSV does not tell an empty text from none. */
  read(path: string, columns: readonly Column[]): AsyncGenerator<ExportRow, void, undefined>;
};

export const formats: Readonly<Record<PartFormat, Format>> = {
  ndjson: { createWriter: createNdjsonWriter, read: readNdjson },
  csv: { createWriter: createCsvWriter, read: readCsv },
  parquet: { createWriter: createParquetWriter, read: readParquet },
};
