/** Why a file cannot be opened, read or written, in words: what the system and SQLite say is made for programs. */

const systemReasons: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder, not a file",
  ENOENT: "it is not there, or its folder is not",
  ENOTDIR: "a part of its path is a file, not a folder",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EROFS: "the disk may only be read",
  EMFILE: "this process has too many files open",
  ELOOP: "its path is a link that leads to itself",
  ENAMETOOLONG: "its path is too long",
  EIO: "the disk failed",
};

/** By SQLite's result code, without what is above its lowest byte. */
const sqliteReasons: Readonly<Record<number, string>> = {
  5: "another process has it locked: wait until that has ended",
  8: "it, or the disk that it is on, may only be read",
  10: "the disk failed",
  11: "it is damaged: put a copy of it in its place",
  13: "the disk is full",
  14: "SQLite cannot open it, or make its files beside it",
  26: "it is no database of SQLite",
};

/** `undefined`: it says nothing that is known here. */
export function findFileReason(error: unknown): string | undefined {
  const { code, errcode, message } = (error ?? {}) as { code?: unknown; errcode?: unknown; message?: unknown };
  // Its list of tables is a text, in which SQLite notices no damage, and what it says of its index of words is no code of its own.
  if (errcode === 1 && /^(?:no such (?:table|column)|invalid fts5 file format)/.test(String(message)))
    return sqliteReasons[11];
  if (typeof errcode === "number") return sqliteReasons[errcode & 0xff];
  return typeof code === "string" ? systemReasons[code] : undefined;
}

/** What went wrong with a file, to stand behind a colon; what is not known is as it was said. */
export function describeFileFailure(error: unknown): string {
  return findFileReason(error) ?? (error instanceof Error ? error.message : String(error));
}

/** What SQLite does not notice of a text that it keeps, told as it tells of the rest. */
class DamagedTextError extends Error {
  override readonly name = "DamagedTextError";
  /** SQLITE_CORRUPT. */
  readonly errcode = 11;
}

/**
 * What a file of SQLite keeps as JSON.
 * @throws DamagedTextError
 */
export function parseKeptJson<Value>(text: string): Value {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DamagedTextError("a value that is kept as JSON is none any more", { cause });
  }
}
