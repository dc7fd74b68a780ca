/** Files that hold customers' words, keys or secrets: for their owner alone, whatever the umask is. */
import { chmodSync, closeSync, openSync, realpathSync, statSync } from "node:fs";

const ownerAlone = 0o600;
/** SQLite gives a file beside another one the rights that one has then; older ones keep theirs. */
const besides = ["", "-wal", "-shm", "-journal"];

/** What a file system, or a file of somebody else's, answers where the rights are not ours to change. */
const notOurs = ["EPERM", "ENOTSUP", "ENOSYS", "EROFS"];

/** Makes the file where there is none. SQLite would make it readable for everybody. */
export function createPrivateFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) closeSync(openSync(file, "a", ownerAlone));
}

function tighten(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || (stats.mode & 0o077) === 0) return;
  try {
    chmodSync(file, stats.mode & ownerAlone);
  } catch (error) {
    // Somebody else decided who may read it; that is no reason not to work.
    if (!notOurs.includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/**
 * Takes the rights of others from a SQLite file of ours and from what lies beside it: an older version, or a copy, may have
 * left them. Call it once the file is known to be ours.
 */
export function tightenSqliteFile(file: string): void {
  const path = realpathSync(file);
  for (const ending of besides) tighten(`${path}${ending}`);
}
