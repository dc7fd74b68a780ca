/** Parquet, a few thousand rows at a time. */
import { once } from "node:events";
import { getHeapStatistics } from "node:v8";
import { Worker } from "node:worker_threads";
import { flattenObject } from "./objects.ts";
import type { ParquetAnswer } from "./parquet-thread.ts";
import { parquetThreadUrl } from "./parquet-thread-url.ts";
import { FileError, type Row, type RowFile } from "./row.ts";

/** A few thousand rows take a moment; what a damaged file asks for may have no end. */
const defaultMaxReadMs = 15_000;
const maxMemoryMiB = 1_024;

/**
 * @param maxReadMs for a few thousand rows
 * @throws FileError where it is none, or written in a way that cannot be read
 */
export async function openParquet(file: string, maxReadMs = defaultMaxReadMs): Promise<RowFile> {
  const columns = new Set<string>();
  for await (const object of readObjects(file, maxReadMs))
    for (const column of flattenObject(object).cells.keys()) columns.add(column);
  const names = [...columns];
  return { format: "parquet", description: "Parquet", columns: names, rows: () => readRows(file, names, maxReadMs) };
}

function explain(error: unknown, maxReadMs: number): string {
  const { code, name, message } = error as Error & { code?: string };
  if (code === "ERR_WORKER_OUT_OF_MEMORY")
    return "a part of it takes all memory there is for it: it is damaged, or too large";
  if (name === "AbortError")
    return `a part of it takes more than ${maxReadMs / 1_000} seconds: it is damaged, or too large`;
  return message;
}

async function* readObjects(file: string, maxReadMs: number): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const thread = new Worker(parquetThreadUrl, {
    workerData: file,
    // As much as this process may take itself.
    resourceLimits: { maxOldGenerationSizeMb: Math.min(maxMemoryMiB, getHeapStatistics().heap_size_limit / 2 ** 20) },
  });
  const failed = new Promise<never>((_resolve, reject) => thread.once("error", reject));
  // It may fail while nobody waits for it: whoever asks next is told.
  failed.catch(() => {});
  try {
    for (;;) {
      const answered = once(thread, "message", { signal: AbortSignal.timeout(maxReadMs) });
      thread.postMessage("the next rows");
      const [answer] = (await Promise.race([failed, answered])) as [ParquetAnswer];
      if ("problem" in answer) throw new Error(answer.problem);
      if (answer.rows === null) return;
      yield* answer.rows;
    }
  } catch (error) {
    throw new FileError(`This cannot be read as Parquet (${explain(error, maxReadMs)}).`, null, error);
  } finally {
    await thread.terminate();
  }
}

async function* readRows(
  file: string,
  columns: readonly string[],
  maxReadMs: number,
): AsyncGenerator<Row, void, undefined> {
  let line = 0;
  for await (const object of readObjects(file, maxReadMs)) {
    line += 1;
    const { cells, problem } = flattenObject(object);
    const row = { line, cells: columns.map((column) => cells.get(column) ?? null) };
    if (row.cells.some((cell) => cell !== null)) yield problem ? { ...row, problem } : row;
  }
}
