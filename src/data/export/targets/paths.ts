/** The place that files of an export are written to: no link is followed, and no file of somebody else's is written over. */
import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** The place cannot be written to as it is: its message says what to do. */
export class TargetError extends Error {
  override readonly name = "TargetError";
}

/** @returns the path with its folder's links resolved, as the person chose them; the last name is taken as it stands */
export function resolvePlace(path: string): string {
  const whole = resolve(path);
  try {
    return join(realpathSync(dirname(whole)), basename(whole));
  } catch {
    throw new TargetError(`${path}: its folder is not there. Make it, or name another place.`);
  }
}

/** Makes the folder where there is none, for its owner alone. @throws TargetError where it is a link, or no folder */
export function openFolder(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw new TargetError(`${path} is a symbolic link: name the folder itself.`);
  if (stats && !stats.isDirectory()) throw new TargetError(`${path} is no folder: name another place.`);
  if (stats) return;
  mkdirSync(path, { mode: 0o700 });
  syncFolder(dirname(path));
}

/** @returns whether there is a regular file @throws TargetError where it is something else */
export function isFile(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink()) throw new TargetError(`${path} is a symbolic link: name the file itself.`);
  if (stats && !stats.isFile()) throw new TargetError(`${path} is no regular file: name another place.`);
  return stats !== undefined;
}

/** For its owner alone; a link is not followed. @param isNew whether there must be none */
export function openPrivate(path: string, isNew: boolean): number {
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return openSync(path, O_RDWR | O_CREAT | (O_NOFOLLOW ?? 0) | (isNew ? O_EXCL : 0), 0o600);
}

/** What was named in the folder is so after a loss of power, too. */
export function syncFolder(path: string): void {
  // Windows has no such thing.
  if (process.platform === "win32") return;
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
