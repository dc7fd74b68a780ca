/**
 * One receiver a file: two that hand on from one file would break the order. A lock of the operating system's on a file
 * beside it keeps a second one out, and ends with the process, however that ends. Its owner is also written into the event
 * file, so that whoever deletes the lock's file lets nobody else in: an owner that lives still counts, and a receiver that is
 * the owner no more hands on nothing more.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { createPrivateFile, restrictSqliteFile } from "../../../private-file.ts";
import { openSqlite } from "../../../sqlite.ts";
import { inMemory } from "./schema.ts";

export type FileLock = { release(): void };

type Owner = { token: string; pid: number; started: string | null };

const settingName = "receiver";
const ownedHere = new Set<string>();

function createFileInUseError(file: string, cause?: unknown): Error {
  return new Error(
    `Another receiver works on the event file ${file}: stop it first, or give this one a file of its own. Several receivers share a Redis (--redis), never a file.`,
    { cause },
  );
}

/**
 * @param path the file's one path, whatever links lead to it
 * @throws Error when another receiver has it
 */
export function lockEventFile(path: string): FileLock {
  if (path === inMemory) return { release() {} };
  createPrivateFile(`${path}-receiver`);
  const lock = openSqlite(`${path}-receiver`, { timeout: 0 });
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE");
    restrictSqliteFile(`${path}-receiver`);
  } catch (error) {
    lock.close();
    throw createFileInUseError(path, error);
  }
  return { release: () => lock.close() };
}

/** When a process started, in a word that no other process has; `null`: it is gone, or the system does not tell. */
function readProcessStart(pid: number): string | null {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    // What follows the name in parentheses, which may hold anything; the start time is the 22nd field of all.
    const ticks = readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1)?.trim().split(" ")[19];
    return ticks === undefined ? null : `${boot} ${ticks}`;
  } catch {
    return null;
  }
}

function isAlive({ token, pid, started }: Owner): boolean {
  return pid === process.pid && started === readProcessStart(pid)
    ? ownedHere.has(token)
    : started !== null && readProcessStart(pid) === started;
}

export type Ownership = {
  /** Whether the file is still this receiver's. Cheap enough to be asked in every transaction. */
  isHeld(): boolean;
  release(): void;
};

/**
 * @param sql the event file, whose lock is held
 * @throws Error when a receiver that lives has it all the same, because somebody deleted the lock's file
 */
export function registerOwner(sql: DatabaseSync, path: string): Ownership {
  const setting = sql.prepare("SELECT value FROM settings WHERE name = ?");
  const readOwner = () => (setting.get(settingName) as { value: string } | undefined)?.value;
  const token = randomUUID();
  const mine = JSON.stringify({ token, pid: process.pid, started: readProcessStart(process.pid) } satisfies Owner);
  sql.exec("BEGIN IMMEDIATE");
  try {
    const before = readOwner();
    if (before !== undefined && isAlive(JSON.parse(before))) throw createFileInUseError(path);
    sql
      .prepare(
        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      )
      .run(settingName, mine);
    sql.exec("COMMIT");
  } catch (error) {
    sql.exec("ROLLBACK");
    throw error;
  }
  ownedHere.add(token);
  return {
    isHeld: () => readOwner() === mine,
    release() {
      ownedHere.delete(token);
      if (readOwner() === mine) sql.prepare("DELETE FROM settings WHERE name = ?").run(settingName);
    },
  };
}
