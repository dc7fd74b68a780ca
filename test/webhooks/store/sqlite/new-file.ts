/** Paths for event files in a folder that goes with the tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

export const folder = mkdtempSync(join(tmpdir(), "onsync-events-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** The path of a file that is not there yet. */
export function newFile(): string {
  files += 1;
  return join(folder, `${files}.db`);
}
