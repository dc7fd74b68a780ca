/** Claims the events that are due: the first of each key, fairly among the keys. */
import type { ClaimedEvent } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { findFirst } from "./queue.ts";
import { type Row, toStoredEvent } from "./statements.ts";

type DueKeys = { hanging: string[]; others: string[] };
type DueRow = { key: string; due_at: number };

/**
 * The first events of up to `limit` keys that are due and not busy, at most `maxHanging` of them of keys that hang.
 *
 * @throws Error when another receiver has taken over the file
 */
export async function claimDue(context: SqliteContext, limit: number, maxHanging: number): Promise<ClaimedEvent[]> {
  if (limit <= 0) return [];
  // A look that finds nothing writes nothing.
  const { hanging, others } = findDueKeys(context, limit, maxHanging);
  if (hanging.length + others.length === 0) return [];
  const claimed: ClaimedEvent[] = [];
  try {
    const isOurs = await context.commits.write(() => {
      if (!context.ownership.isHeld()) return false;
      claimed.push(...claimFirstOfEach(context, findDueKeys(context, limit, maxHanging)));
      return true;
    }, true);
    if (isOurs) return claimed;
  } catch (error) {
    for (const { key } of claimed) context.busyKeys.delete(key);
    throw error;
  }
  throw new Error(`Another receiver has taken over the event file ${context.file}: this one hands on nothing more.`);
}

/** Keys to claim from now: those that hang first, up to their share, then the others. */
function findDueKeys(context: SqliteContext, limit: number, maxHanging: number): DueKeys {
  const { statements, busyKeys } = context;
  const now = context.now();
  const keepFree = (rows: unknown): string[] =>
    (rows as DueRow[]).map(({ key }) => key).filter((key) => !busyKeys.has(key));
  const share = Math.min(limit, Math.max(0, maxHanging));
  const hanging =
    share > 0 ? keepFree(statements.selectOldestDue.all(1, now, share + busyKeys.size)).slice(0, share) : [];
  const room = limit - hanging.length;
  const enough = limit + busyKeys.size + 1;
  const oldest = keepFree(statements.selectOldestDue.all(0, now, enough));
  if (oldest.length <= room) return { hanging, others: oldest };
  const newest = keepFree(statements.selectNewestDue.all(now, enough));
  return { hanging, others: roundRobin(oldest, newest, room, context.newestFirst) };
}

/**
 * Takes from two lists in turn, each thing once.
 *
 * @param limit how many at most
 * @param newestFirst whether the first is of `newest`
 */
function roundRobin(
  oldest: readonly string[],
  newest: readonly string[],
  limit: number,
  newestFirst: boolean,
): string[] {
  const chosen = new Set<string>();
  const lists = (newestFirst ? [newest, oldest] : [oldest, newest]).map((list) => list.values());
  for (let turn = 0; chosen.size < limit; turn++) {
    const list = lists[turn % 2] as IterableIterator<string>;
    let next = list.next();
    while (!next.done && chosen.has(next.value)) next = list.next();
    if (next.done) break;
    chosen.add(next.value);
  }
  return [...chosen];
}

function claimFirstOfEach(context: SqliteContext, { hanging, others }: DueKeys): ClaimedEvent[] {
  context.newestFirst = !context.newestFirst;
  const claimed = [
    ...hanging.map((key) => claimFirst(context, key, true)),
    ...others.map((key) => claimFirst(context, key, false)),
  ].filter((event) => event !== undefined);
  for (const { key } of claimed) context.busyKeys.add(key);
  return claimed;
}

/** The first event of a key, numbered on disk before anybody sees the number. */
function claimFirst(context: SqliteContext, key: string, hanging: boolean): ClaimedEvent | undefined {
  const { statements } = context;
  const first = findFirst(context, key);
  if (!first) {
    statements.deleteQueue.run(key);
    return undefined;
  }
  if (first.sequence === null) {
    const { value } = statements.incrementSequence.get(String(context.now() * 1000)) as { value: string };
    statements.setSequence.run(Number(value), first.position);
  }
  const event = toStoredEvent(statements.selectEvent.get(first.position) as unknown as Row);
  return { ...event, sequence: event.sequence as number, hanging, lease: "", leaseMs: Number.POSITIVE_INFINITY };
}

/** Milliseconds until a key that is not busy falls due; `null`: nothing waits. */
export function findNextDue(context: SqliteContext, includeHanging: boolean): number | null {
  const { statements, busyKeys } = context;
  const find = (hanging: 0 | 1): number[] =>
    (statements.selectOldestDue.all(hanging, Number.MAX_SAFE_INTEGER, busyKeys.size + 1) as DueRow[])
      .filter(({ key }) => !busyKeys.has(key))
      .map(({ due_at }) => Math.max(0, due_at - context.now()));
  const waits = [...find(0), ...(includeHanging ? find(1) : [])];
  return waits.length === 0 ? null : Math.min(...waits);
}
