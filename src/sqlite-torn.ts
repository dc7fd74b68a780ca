/**
 * A file of SQLite that lacks its end: a copy that broke off, a disk that was full. In WAL mode SQLite takes what is missing
 * for empty, so that a ledger would have forgotten half of its sends, and nobody was told.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const magic = Buffer.from("SQLite format 3\0", "latin1");
const headerBytes = 100;

/** As SQLite has it of a damaged file. */
class TornFileError extends Error {
  override readonly name = "TornFileError";
  /** SQLITE_CORRUPT. */
  readonly errcode = 11;
}

/** While another process writes, the file may be behind what stands beside it. */
function isWritten(path: string): boolean {
  return ["-wal", "-journal"].some((suffix) => (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0) > 0);
}

/** How many bytes it lacks by its own header; 0: none, or it is no file of SQLite. */
function countMissing(path: string): number {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    const read = readSync(file, header, 0, headerBytes, 0);
    const begins = header.subarray(0, Math.min(read, magic.length));
    if (read === 0 || !begins.equals(magic.subarray(0, begins.length))) return 0;
    if (read < headerBytes) return headerBytes - read;
    // SQLite's own rule of when the number of pages in the header counts.
    if (header.readUInt32BE(24) !== header.readUInt32BE(92)) return 0;
    const pageBytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    return Math.max(0, header.readUInt32BE(28) * pageBytes - statSync(path).size);
  } finally {
    closeSync(file);
  }
}

/** @throws TornFileError */
export function refuseTornFile(place: string | URL): void {
  const path = typeof place === "string" ? place : fileURLToPath(place);
  const isTorn = (): boolean =>
    (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false) && !isWritten(path) && countMissing(path) > 0;
  // Twice: another process may have come to its end in between.
  if (isTorn() && isTorn()) throw new TornFileError("it is shorter than it says");
}
