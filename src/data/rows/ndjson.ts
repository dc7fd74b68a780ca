/** NDJSON: one JSON object a line. */
import { flattenObject } from "./objects.ts";
import type { Row, RowFile } from "./row.ts";
import { type FileStart, nameEncoding, readText } from "./text.ts";

export async function openNdjson(file: string, { encoding }: FileStart): Promise<RowFile> {
  const columns = new Set<string>();
  for await (const { text } of readLines(file, encoding)) {
    const value = parseObject(text);
    if (value) for (const column of flattenObject(value).cells.keys()) columns.add(column);
  }
  const names = [...columns];
  return {
    format: "ndjson",
    description: `NDJSON, ${nameEncoding(encoding)}`,
    columns: names,
    rows: () => readRows(file, encoding, names),
  };
}

async function* readLines(file: string, encoding: FileStart["encoding"]) {
  // A long line is put together once, when it is whole.
  let begun: string[] = [];
  let line = 0;
  for await (const piece of readText(file, encoding)) {
    const lines = piece.split("\n");
    begun.push(lines[0] ?? "");
    if (lines.length === 1) continue;
    lines[0] = begun.join("");
    begun = lines.splice(-1);
    for (const text of lines) {
      line += 1;
      if (text.trim() !== "") yield { text, line };
    }
  }
  const rest = begun.join("");
  if (rest.trim() !== "") yield { text: rest, line: line + 1 };
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

async function* readRows(
  file: string,
  encoding: FileStart["encoding"],
  columns: readonly string[],
): AsyncGenerator<Row, void, undefined> {
  for await (const { text, line } of readLines(file, encoding)) {
    const value = parseObject(text);
    if (value === null) {
      const problem = { field: "", reason: "is no JSON object: write one object a line, as jq -c does" };
      yield { line, cells: [text.trim()], problem };
      continue;
    }
    const { cells, problem } = flattenObject(value);
    const row = { line, cells: columns.map((column) => cells.get(column) ?? null) };
    yield problem ? { ...row, problem } : row;
  }
}
