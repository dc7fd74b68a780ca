/** A part that is written anew with fewer rows: what it becomes is noted before it takes the place of the one before. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ExportRow, TableName } from "../records.ts";
import type { FileState, WholePart } from "./file-state.ts";

const entry = "state removal";

type Removal = Omit<WholePart, "name"> & { kind: TableName };

export function noteRemoval(state: FileState, { sha256, ...removal }: Removal): void {
  state.setEntry(entry, JSON.stringify({ ...removal, sha256: Buffer.from(sha256).toString("hex") }));
}

/** Where it has come to its place, the part is what was noted; else it is as it was. */
export function finishRemoval(state: FileState, kind: TableName, folder: string): void {
  const noted = JSON.parse(state.readEntry(entry) ?? "null") as (Removal & { sha256: string }) | null;
  if (noted?.kind !== kind) return;
  const part = state.listParts(kind).find(({ number }) => number === noted.number);
  const content = part && readFileSync(join(folder, part.name));
  const isThere = content && createHash("sha256").update(content).digest("hex") === noted.sha256;
  state.transaction(() => {
    if (isThere) state.updatePart(kind, { ...noted, sha256: Buffer.from(noted.sha256, "hex") });
    state.dropEntry(entry);
  });
}

export async function hasOther(rows: AsyncIterable<ExportRow>, isKept: (row: ExportRow) => boolean): Promise<boolean> {
  for await (const row of rows) if (!isKept(row)) return true;
  return false;
}

export async function* filterRows(
  rows: AsyncIterable<ExportRow>,
  isKept: (row: ExportRow) => boolean,
): AsyncGenerator<ExportRow, void, undefined> {
  for await (const row of rows) if (isKept(row)) yield row;
}
