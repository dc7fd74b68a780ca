/** The rows of a part that is not whole yet: appended, and on disk, before the state says that they are there. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { ExportRow } from "../records.ts";
import { formatLine, readLines } from "./parts/ndjson-part.ts";
import { openPrivate, syncFolder, TargetError } from "./paths.ts";

export class Spool {
  readonly #path: string;
  readonly #descriptor: number;

  /** @param bytes how much of it counts: what is behind was written by a process that ended before it said so */
  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#descriptor = openPrivate(path, false);
    // Its name, too, is there after a loss of power.
    syncFolder(dirname(path));
    const { size } = fstatSync(this.#descriptor);
    if (size < bytes) {
      closeSync(this.#descriptor);
      throw new TargetError(
        `${path} is shorter than it was left: rows that were exported are lost. Export to a new place.`,
      );
    }
    if (size > bytes) ftruncateSync(this.#descriptor, bytes);
  }

  /** @returns how much of it counts once the state says so */
  append(at: number, rows: readonly ExportRow[]): number {
    const content = Buffer.from(rows.map(formatLine).join(""));
    for (let written = 0; written < content.byteLength; )
      written += writeSync(this.#descriptor, content, written, content.byteLength - written, at + written);
    fsyncSync(this.#descriptor);
    return at + content.byteLength;
  }

  read(bytes: number): AsyncGenerator<ExportRow, void, undefined> {
    return readLines(this.#path, bytes);
  }

  empty(): void {
    ftruncateSync(this.#descriptor, 0);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
