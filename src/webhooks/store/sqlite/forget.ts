/** What the file forgets: what was done long ago, and what events say of a person. */
import type { SqliteContext } from "./context.ts";
import { scheduleNext } from "./queue.ts";
import { prunedToSetting } from "./settings.ts";

/** Events forgotten in one transaction. */
const groupSize = 1000;

/**
 * Forgets events that were done before the time events are kept for, the oldest first. What waits or is dead stays,
 * however old.
 *
 * @returns how many
 */
export async function pruneEvents(context: SqliteContext): Promise<number> {
  for (let all = 0; ; ) {
    const forgotten = await context.commits.write(() => pruneGroup(context, context.now() - context.keepMs), false);
    all += forgotten;
    if (forgotten < groupSize) return all;
  }
}

function pruneGroup({ statements }: SqliteContext, before: number): number {
  const old = statements.selectDoneBefore.all(before, groupSize) as { position: number }[];
  const positions = old.map(({ position }) => position);
  for (const position of positions) statements.deleteEvent.run(position);
  if (positions.length > 0) statements.raiseSetting.run(prunedToSetting, String(Math.max(...positions)));
  return positions.length;
}

/** @returns how many had something */
export async function forgetEvents(context: SqliteContext, positions: readonly number[]): Promise<number> {
  // What is taken out is written over, where it stood and in the indexes.
  context.sql.exec("PRAGMA secure_delete = ON");
  let forgotten = 0;
  for (let start = 0; start < positions.length; start += groupSize) {
    const group = positions.slice(start, start + groupSize);
    forgotten += await context.commits.write(() => forgetGroup(context, group), true);
  }
  return forgotten;
}

function forgetGroup(context: SqliteContext, positions: readonly number[]): number {
  const { selectKeyOfKept, emptyEvent } = context.statements;
  let forgotten = 0;
  const waiting = new Set<string>();
  for (const position of positions) {
    const kept = selectKeyOfKept.get(position) as { key: string; state: number } | undefined;
    if (!kept) continue;
    emptyEvent.run(context.now(), position);
    forgotten += 1;
    if (kept.state === 0) waiting.add(kept.key);
  }
  // Nobody is handed what was forgotten: what waits behind it is next.
  for (const key of waiting) scheduleNext(context, key);
  return forgotten;
}

const sqliteBusy = 5;

/**
 * Writes the file anew, without what older transactions left in its free pages, and empties its log of changes.
 *
 * @returns `false`: somebody else is reading or writing it
 */
export async function scrubFile({ sql, commits }: SqliteContext): Promise<boolean> {
  await commits.flushed();
  try {
    sql.exec("PRAGMA secure_delete = ON");
    sql.exec("VACUUM");
    const { busy } = sql.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
    return busy === 0;
  } catch (error) {
    if ((((error as { errcode?: number }).errcode ?? 0) & 0xff) === sqliteBusy) return false;
    throw error;
  }
}
