/** What stands in the columns of a file, for a person who has to say what they are. */
import type { Cell, RowFile } from "../../../src/data/index.ts";

/** By column, in the order of the file. */
export type ColumnSamples = readonly (readonly string[])[];

const maxRows = 100;
const maxSamples = 3;
const maxLength = 60;

/** The first texts of each column that are not the same. */
export async function readSamples(file: RowFile): Promise<ColumnSamples> {
  const samples = file.columns.map(() => new Set<string>());
  let count = 0;
  for await (const row of file.rows()) {
    if (++count > maxRows) break;
    for (const [index, found] of samples.entries()) {
      const text = toText(row.cells[index] ?? null);
      if (text !== "" && found.size < maxSamples) found.add(text);
    }
  }
  return samples.map((found) => [...found]);
}

function toText(cell: Cell): string {
  const text = (Array.isArray(cell) ? cell.join(", ") : String(cell ?? "")).replace(/\s+/g, " ").trim();
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}
