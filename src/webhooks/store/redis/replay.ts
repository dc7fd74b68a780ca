/** Puts events back to be handed on again, dead or done. */
import type { EventName } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** now, then an org and an id for each event → the ids put back */
const replayScript = createStoreScript(`
local now = clock(ARGV[1])
local replayed = {}
for index = 2, #ARGV, 2 do
  local id = ARGV[index + 1]
  local name = findName(ARGV[index], id)
  local event = name and p .. ':event:' .. name
  local state, key, rank, position
  if name then state, key, rank, position = unpack(redis.call('HMGET', event, 'state', 'key', 'rank', 'position')) end
  -- There is nothing to hand on of one that was forgotten.
  if state and state ~= 'waiting' and redis.call('HGET', event, 'body') ~= '' then
    redis.call('PERSIST', event)
    redis.call('HSET', event, 'state', 'waiting', 'attempts', 0, 'refusals', 0, 'error', '')
    redis.call('HDEL', event, 'sequence')
    redis.call('ZREM', p .. ':dead', name)
    redis.call('ZREM', p .. ':done', position .. ' ' .. name)
    redis.call('ZADD', p .. ':queue:' .. key, rank, name)
    redis.call('ZADD', p .. ':waiting', position, name)
    -- One that is claimed, or waits to be tried again, is not hurried.
    if firstOf(key) == name and redis.call('HEXISTS', p .. ':leases', key) == 0 then redis.call('ZADD', p .. ':ready', now, key) end
    replayed[#replayed + 1] = id
  end
end
return replayed
`);

/** @returns the id of each event that was put back */
export async function replayEvents(context: RedisContext, events: readonly (string | EventName)[]): Promise<string[]> {
  if (events.length === 0) return [];
  const { redis, root, watchers } = context;
  const orgs = [...new Set(["", ...((await redis.send("SMEMBERS", `${root}:orgs`)) as string[])])];
  const names = events.flatMap((event) =>
    typeof event === "string" ? orgs.map((org) => ({ org, id: event })) : [event],
  );
  const args = names.flatMap(({ org, id }) => [org, id]);
  const replayed = (await redis.run(replayScript, root, context.now(), ...args)) as string[];
  if (replayed.length > 0) watchers.notify();
  return replayed;
}
