/** Reads the event file: by cursor, by state, in figures. */
import type { EventStore, LogPage, StoredEvent, StoreStats } from "../store.ts";
import type { SqliteContext } from "./context.ts";
import { logSetting, prunedToSetting, readSetting } from "./settings.ts";
import { prepareList, type Row, toStateNumber, toStoredEvent } from "./statements.ts";

/** Positions looked at in one go, so that a reader of a rare type does not stop the receiver. */
const windowSize = 2000;

export function readPage(context: SqliteContext, { after, types, limit }: Parameters<EventStore["read"]>[0]): LogPage {
  const { selectBodiesBetween } = context.statements;
  const prunedTo = Number(readSetting(context, prunedToSetting) ?? 0);
  const gap = after < prunedTo;
  const events: LogPage["events"] = [];
  const end = readLastPosition(context);
  let upTo = Math.min(Math.max(after, prunedTo), end);
  while (upTo < end) {
    const edge = Math.min(upTo + windowSize, end);
    const rows = selectBodiesBetween.iterate(upTo, edge) as Iterable<Pick<Row, "position" | "type" | "body">>;
    for (const { position, type, body } of rows) {
      if (types && !types.includes(type)) continue;
      if (events.length === limit) return { events, upTo, more: true, gap };
      events.push({ position, body });
      upTo = position;
    }
    upTo = edge;
  }
  return { events, upTo, more: false, gap };
}

export function readEnd(context: SqliteContext): { log: string; position: number } {
  return { log: readSetting(context, logSetting) as string, position: readLastPosition(context) };
}

export function listEvents(
  { sql }: SqliteContext,
  { state, key, after = 0, limit }: Parameters<EventStore["list"]>[0],
): StoredEvent[] {
  const query = prepareList(sql, state === undefined ? undefined : toStateNumber(state), key);
  const rows = query.all(after, ...(key === undefined ? [] : [key]), limit);
  return (rows as unknown as Row[]).map(toStoredEvent);
}

export function countEvents(context: SqliteContext): StoreStats {
  const { countEvents: count, selectLastKeptPosition } = context.statements;
  const { oldest, ...counts } = count.get() as Pick<StoreStats, "waiting" | "dead" | "keys" | "retrying"> & {
    oldest: number | null;
  };
  const { position } = selectLastKeptPosition.get() as { position: number | null };
  const accepted = Math.max(readLastPosition(context), position ?? 0);
  const oldestWaitingMs = oldest === null ? null : Math.max(0, context.clock.now() - oldest);
  return { ...counts, accepted, oldestWaitingMs };
}

/** The last position ever given, whether its event is still kept or not. */
function readLastPosition({ statements }: SqliteContext): number {
  return (statements.selectLastPosition.get() as { position: number } | undefined)?.position ?? 0;
}
