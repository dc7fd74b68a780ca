/** A folder for the files of one entry, which is emptied before each. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type Scratch = { path: string; empty(): void; remove(): void };

export function createScratch(): Scratch {
  const path = mkdtempSync(join(tmpdir(), "onsync-fuzz-"));
  return {
    path,
    empty() {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path, { mode: 0o700 });
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
