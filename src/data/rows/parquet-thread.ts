/**
 * A thread that reads a Parquet file: asked for the next rows, it answers with them, `null` after the last, or what is wrong. What reads
 * Parquet believes what a file says of itself, so that a damaged one of a few hundred bytes may keep it computing for hours, or take
 * all memory there is: from outside it can be ended.
 */
import { parentPort, workerData } from "node:worker_threads";
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

const rowsAtOnce = 5_000;

export type ParquetAnswer = { rows: Record<string, unknown>[] | null } | { problem: string };

/** Of one page of a column: writers begin a new one long before. */
const maxPageValues = 2 ** 24;

/**
 * The reader makes a list as long as a page says it has values, and repeats a value in it as often as the page says: what a
 * damaged one asks for takes all memory there is, which ends the whole process. In this thread, where nothing else runs, a list
 * that is made with a length keeps it.
 */
globalThis.Array = new Proxy(Array, {
  construct(list, args, target) {
    const [length] = args;
    if (typeof length === "number" && length > maxPageValues) throw new Error(`a page of it has ${length} values`);
    const made = Reflect.construct(list, args, target);
    return typeof length === "number" ? Object.preventExtensions(made.fill(undefined)) : made;
  },
});

/** Snappy is the reader's own. */
const compressors: Compressors = {
  GZIP: (input) => new Uint8Array(zlib.gunzipSync(input)),
  BROTLI: (input) => new Uint8Array(zlib.brotliDecompressSync(input)),
  ZSTD: (input) => new Uint8Array(zlib.zstdDecompressSync(input)),
};

/** The paths of the columns that have values, in the schema's order. */
function listLeaves({ children, path }: SchemaTree): string[] {
  return children.length === 0 ? [JSON.stringify(path)] : children.flatMap(listLeaves);
}

/**
 * The reader begins with every column that is listed, waits for those of the schema, and would leave the failure of another to
 * nobody, which ends the thread. It believes the number of rows, too.
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

async function* readBatches(file: string): AsyncGenerator<Record<string, unknown>[], void, undefined> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  checkMetadata(metadata);
  const count = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < count; rowStart += rowsAtOnce) {
    const rowEnd = Math.min(rowStart + rowsAtOnce, count);
    yield await parquetReadObjects({ file: buffer, metadata, rowStart, rowEnd, compressors });
  }
}

const batches = readBatches(workerData as string);
parentPort?.on("message", () => {
  const answer = (given: ParquetAnswer) => parentPort?.postMessage(given);
  batches.next().then(
    ({ value }) => answer({ rows: value ?? null }),
    ({ message }: Error) =>
      answer({
        problem: /not extensible/.test(message) ? "a page has more values than it says: it is damaged" : message,
      }),
  );
});
