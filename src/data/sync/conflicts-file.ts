/** What a person has to decide, in a CSV: written anew by each sync, and removed when nothing is left. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { escapeFormula } from "../rows/formula.ts";
import { FileError } from "../rows/row.ts";
import type { SyncConflict } from "./match.ts";

const columns = ["line", "key", "contactId", "field", "crm", "inbox", "reason"] as const;
const head = columns.map((name) => `"${name}"`).join(",");

/** @throws FileError where the path is of something that must not be written over */
export function checkConflictsFile(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats && !existsSync(dirname(path))) throw new FileError(`${path}: its folder is not there. Make it first.`);
  if (!stats) return;
  if (!stats.isFile()) throw new FileError(`${path} is no regular file: name another one for the conflicts.`);
  if (readFileSync(path, "utf8").split("\r\n", 1)[0] !== head)
    throw new FileError(`${path} is there already, and has no conflicts: move it away, or name another file.`);
}

/** @returns where they are; `null`: there are none */
export function writeConflicts(path: string, conflicts: readonly SyncConflict[]): string | null {
  checkConflictsFile(path);
  if (conflicts.length === 0) {
    rmSync(path, { force: true });
    return null;
  }
  const lines = conflicts.map((conflict) =>
    columns.map((name) => `"${escapeFormula(String(conflict[name] ?? "")).replaceAll('"', '""')}"`).join(","),
  );
  const part = join(dirname(path), `.${basename(path)}.onsync-part`);
  rmSync(part, { force: true });
  // It has what contacts are called: for its owner alone.
  const descriptor = openSync(part, "wx", 0o600);
  writeFileSync(descriptor, `${[head, ...lines].join("\r\n")}\r\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(part, path);
  return path;
}
