/** What the functions of the SQLite engine share: the open event file, and what this process knows beside it. */
import type { DatabaseSync } from "node:sqlite";
import { type Clock, monotonicNow, systemClock } from "../../../client/clock.ts";
import { defaultKeepMs, type StoreOptions } from "../store.ts";
import { createWatchers, type Watchers } from "../watchers.ts";
import { type FileLock, lockEventFile, type Ownership, registerOwner } from "./file-lock.ts";
import { GroupCommit } from "./group-commit.ts";
import { findEventFile, openEventFile } from "./schema.ts";
import { prepareStatements, type Statements } from "./statements.ts";
import { openWalSync, type WalSync } from "./wal-sync.ts";

export type SqliteStoreOptions = StoreOptions & {
  /** Path of the event file, or `:memory:`. */
  file: string;
  /** Whether this is the one receiver that hands on from it. `true` by default; `false` to look and to replay beside it. */
  claim?: boolean;
  clock?: Clock;
};

export type SqliteContext = {
  readonly file: string;
  readonly sql: DatabaseSync;
  readonly statements: Statements;
  readonly commits: GroupCommit;
  readonly wal: WalSync | null;
  readonly lock: FileLock;
  readonly ownership: Ownership;
  readonly watchers: Watchers;
  /** Keys of claimed events. Only this process hands on, so they need not be on disk. */
  readonly busyKeys: Set<string>;
  /** Whether the next claim begins with the key that became due last. */
  newestFirst: boolean;
  readonly holdBackMs: number;
  readonly keepMs: number;
  readonly clock: Clock;
  /** The time of day when the file was opened, and what has passed since: setting the clock does not change it. */
  now(): number;
};

const noLock: FileLock = { release() {} };
const notOwned: Ownership = { isHeld: () => true, release() {} };

/** @throws Error with a sentence where the file cannot be used, or another receiver has it */
export function openContext(options: SqliteStoreOptions): SqliteContext {
  const { file, claim = true, holdBackMs = 0, keepMs = defaultKeepMs, clock = systemClock } = options;
  const path = findEventFile(file);
  const lock = claim ? lockEventFile(path) : noLock;
  let sql: DatabaseSync | undefined;
  let wal: WalSync | null = null;
  try {
    sql = openEventFile(path);
    wal = openWalSync(sql, path);
    const ownership = claim ? registerOwner(sql, path) : notOwned;
    const statements = prepareStatements(sql);
    const [openedAt, startedAt] = [clock.now(), monotonicNow(clock)];
    const now = () => Math.floor(openedAt + monotonicNow(clock) - startedAt);
    if (claim) limitWaits(sql, now());
    const own = { commits: new GroupCommit(sql, wal), watchers: createWatchers(), busyKeys: new Set<string>() };
    return { file, sql, wal, statements, ...own, lock, ownership, newestFirst: false, holdBackMs, keepMs, clock, now };
  } catch (error) {
    wal?.close();
    sql?.close();
    lock.release();
    throw error;
  }
}

/** The clock may have been set back since the file was last open: then nothing waits for longer than it was told to. */
function limitWaits(sql: DatabaseSync, now: number): void {
  sql.prepare("UPDATE queues SET due_at = ? + wait_ms WHERE due_at > ? + wait_ms").run(now, now);
  sql.prepare("UPDATE events SET arrived_at = ? WHERE state = 0 AND arrived_at > ?").run(now, now);
  sql.prepare("UPDATE events SET done_at = ? WHERE state = 1 AND done_at > ?").run(now, now);
}

/** Finishes what is being written and lets the file go. */
export async function closeContext({ commits, ownership, sql, wal, lock }: SqliteContext): Promise<void> {
  await commits.flushed();
  ownership.release();
  wal?.close();
  sql.close();
  lock.release();
}
