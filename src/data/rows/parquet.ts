/** Parquet, a few thousand rows at a time. */
import * as zlib from "node:zlib";
import { asyncBufferFromFile, type Compressors, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { flattenObject } from "./objects.ts";
import { FileError, type Row, type RowFile } from "./row.ts";

const rowsAtOnce = 5_000;

/** Snappy is the reader's own. */
const compressors: Compressors = {
  GZIP: (input) => new Uint8Array(zlib.gunzipSync(input)),
  BROTLI: (input) => new Uint8Array(zlib.brotliDecompressSync(input)),
  ZSTD: (input) => new Uint8Array(zlib.zstdDecompressSync(input)),
};

/** @throws FileError where it is none, or written in a way that cannot be read */
export async function openParquet(file: string): Promise<RowFile> {
  try {
    const columns = new Set<string>();
    for await (const object of readObjects(file))
      for (const column of flattenObject(object).cells.keys()) columns.add(column);
    const names = [...columns];
    return { format: "parquet", description: "Parquet", columns: names, rows: () => readRows(file, names) };
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`This cannot be read as Parquet (${(error as Error).message}).`, null, error);
  }
}

async function* readObjects(file: string): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const count = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < count; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(rowStart + rowsAtOnce, count);
    yield* await parquetReadObjects({ file: buffer, metadata, rowStart, rowEnd, compressors });
  }
}

async function* readRows(file: string, columns: readonly string[]): AsyncGenerator<Row, void, undefined> {
  let line = 0;
  for await (const object of readObjects(file)) {
    line += 1;
    const { cells, problem } = flattenObject(object);
    const row = { line, cells: columns.map((column) => cells.get(column) ?? null) };
    if (row.cells.some((cell) => cell !== null)) yield problem ? { ...row, problem } : row;
  }
}
