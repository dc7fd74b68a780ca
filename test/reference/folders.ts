/** Folders for data files, gone after each test. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "@jest/globals";

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

export function createFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "onsync-state-"));
  folders.push(path);
  return path;
}
