/** Parquet, a few thousand rows at a time. */
import * as zlib from "node:zlib";
import {
  asyncBufferFromFile,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
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

/** The paths of the columns that have values, in the schema's order. */
function listLeaves({ children, path }: SchemaTree): string[] {
  return children.length === 0 ? [JSON.stringify(path)] : children.flatMap(listLeaves);
}

/**
 * The reader begins with every column that is listed, waits for those of the schema, and would leave the failure of another to
 * nobody, which ends the process. It believes the number of rows, too.
 * @throws Error where the parts of a damaged file contradict each other
 */
function checkMetadata(metadata: FileMetaData): void {
  const leaves = parquetSchema(metadata).children.flatMap(listLeaves);
  const named = new Set(parquetSchema(metadata).children.map(({ element }) => element.name));
  const isAlike = metadata.row_groups.every(
    ({ columns }) =>
      columns.length === leaves.length &&
      columns.every(({ meta_data }, index) => JSON.stringify(meta_data?.path_in_schema) === leaves[index]),
  );
  if (!isAlike || named.size !== parquetSchema(metadata).children.length)
    throw new Error("its columns are not those of its schema: it is damaged");
  const counts = metadata.row_groups.map(({ num_rows }) => num_rows);
  const sum = counts.reduce((total, count) => total + count, 0n);
  if (sum !== metadata.num_rows || counts.some((count) => count < 0n))
    throw new Error("its number of rows is not that of its parts: it is damaged");
}

async function* readObjects(file: string): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  checkMetadata(metadata);
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
