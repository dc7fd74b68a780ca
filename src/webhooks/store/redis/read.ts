/** Reads the events in Redis: by cursor, by state, in figures. */
import type { EventStore, LogPage, StoredEvent, StoreStats } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { type EventReply, toStoredEvent } from "./event-reply.ts";
import { readLog } from "./log.ts";
import { createStoreScript } from "./prelude.ts";

/** Log entries looked at in one go. */
const windowSize = 500;

/** An entry of the log; `null`: its event has expired. */
type Entry = { position: number; event: StoredEvent | null };

/** set (waiting, dead), after, count → for each its name and fields */
const listScript = createStoreScript(`
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', p .. ':' .. ARGV[1], '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = { name, unpack(readFields(name)) }
end
return found
`);

/** now → waiting, dead, accepted, keys, retrying, when the oldest of those that wait was received */
const statsScript = createStoreScript(`
local oldest = redis.call('ZRANGE', p .. ':waiting', 0, 0)[1]
return { redis.call('ZCARD', p .. ':waiting'), redis.call('ZCARD', p .. ':dead'),
  tonumber(redis.call('HGET', p .. ':meta', 'position') or 0),
  redis.call('ZCARD', p .. ':ready') + redis.call('ZCARD', p .. ':hanging'), redis.call('SCARD', p .. ':retrying'),
  oldest and math.max(0, clock(ARGV[1]) - tonumber(redis.call('HGET', p .. ':event:' .. oldest, 'receivedAt'))) or -1 }
`);

export async function readPage(
  context: RedisContext,
  { after, types, limit }: Parameters<EventStore["read"]>[0],
): Promise<LogPage> {
  const { prunedTo } = await readMeta(context);
  const events: LogPage["events"] = [];
  let upTo = Math.max(after, prunedTo);
  let gap = after < prunedTo;
  for (;;) {
    const entries = await readEntries(context, upTo);
    for (const { position, event } of entries) {
      const wanted = event && event.body !== "" && (!types || types.includes(event.type));
      if (wanted && events.length === limit) return { events, upTo, more: true, gap };
      if (wanted) events.push({ position, body: event.body });
      gap ||= event === null;
      upTo = position;
    }
    if (entries.length < windowSize) return { events, upTo, more: false, gap };
  }
}

export async function readEnd(context: RedisContext): Promise<{ log: string; position: number }> {
  const { log, position } = await readMeta(context);
  return { log, position };
}

export async function listEvents(
  context: RedisContext,
  { state, key, after = 0, limit }: Parameters<EventStore["list"]>[0],
): Promise<StoredEvent[]> {
  const listed: StoredEvent[] = [];
  for (let from = after; ; ) {
    const entries =
      state === "waiting" || state === "dead"
        ? await readInState(context, state, from)
        : await readEntries(context, from);
    for (const { position, event } of entries) {
      from = position;
      if (!event || (state && event.state !== state) || (key !== undefined && event.key !== key)) continue;
      listed.push(event);
      if (listed.length === limit) return listed;
    }
    if (entries.length < windowSize) return listed;
  }
}

export async function countEvents({ redis, root, now }: RedisContext): Promise<StoreStats> {
  const figures = (await redis.run(statsScript, root, now())) as number[];
  const [waiting = 0, dead = 0, accepted = 0, keys = 0, retrying = 0, oldest = -1] = figures;
  return { waiting, dead, accepted, keys, retrying, oldestWaitingMs: oldest < 0 ? null : oldest };
}

async function readEntries({ redis, root }: RedisContext, after: number): Promise<Entry[]> {
  return (await readLog(redis, root, after, windowSize)).map(({ position, reply }) => ({
    position: Number(position),
    event: reply[1] === null ? null : toStoredEvent(reply),
  }));
}

async function readInState({ redis, root }: RedisContext, state: "waiting" | "dead", after: number): Promise<Entry[]> {
  return ((await redis.run(listScript, root, state, after, windowSize)) as EventReply[]).map((reply) => ({
    position: Number(reply[1]),
    event: toStoredEvent(reply),
  }));
}

async function readMeta({ redis, root }: RedisContext): Promise<{ log: string; position: number; prunedTo: number }> {
  const fields = (await redis.send("HMGET", `${root}:meta`, "log", "position", "prunedTo")) as (string | null)[];
  const [log, position, prunedTo] = fields;
  return { log: log ?? "", position: Number(position ?? 0), prunedTo: Number(prunedTo ?? 0) };
}
