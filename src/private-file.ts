/** Files that hold customers' words, keys or secrets: for their owner alone, whatever the umask is. */
import { chmodSync, closeSync, openSync, realpathSync, statSync } from "node:fs";

const ownerOnlyMode = 0o600;
/** SQLite gives a file beside another one the rights that one has then; older ones keep theirs. */
const sqliteFileEndings = ["", "-wal", "-shm", "-journal"];

/** What a file system, or a file of somebody else's, answers where the rights are not ours to change. */
const missingRightCodes = ["EPERM", "ENOTSUP", "ENOSYS", "EROFS"];

/**
 * Makes the file where there is none. SQLite would make it readable for everybody.
 *
 * @throws Error where it cannot be made, or is a folder: SQLite does not say so
 */
export function createPrivateFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw new Error("it is a folder, not a file");
  if (stats === undefined) closeSync(openSync(file, "a", ownerOnlyMode));
}

function restrictFile(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || (stats.mode & 0o077) === 0) return;
  try {
    chmodSync(file, stats.mode & ownerOnlyMode);
  } catch (error) {
    // Somebody else decided who may read it; that is no reason not to work.
    if (!missingRightCodes.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/**
 * Takes the rights of others from a SQLite file of ours and from what lies beside it: an older version, or a copy, may have
 * left them. Call it once the file is known to be ours.
 */
export function restrictSqliteFile(file: string): void {
  const path = realpathSync(file);
  for (const ending of sqliteFileEndings) restrictFile(`${path}${ending}`);
}
