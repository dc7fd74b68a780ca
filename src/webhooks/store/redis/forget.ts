/** Takes what events say of a person out of Redis. */
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** Events forgotten in one script. */
const groupSize = 500;

/** now, holdBackMs, keepMs, then positions → how many had something */
const forgetScript = createStoreScript(`
local now, hold, keepMs, forgotten = clock(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), 0
for index = 4, #ARGV do
  local position = ARGV[index]
  local entry = redis.call('XRANGE', p .. ':log', position .. '-0', position .. '-0')[1]
  local name = entry and entry[2][2]
  local event = name and p .. ':event:' .. name
  local key, state, body
  if name then key, state, body = unpack(redis.call('HMGET', event, 'key', 'state', 'body')) end
  if body and body ~= '' then
    forgotten = forgotten + 1
    redis.call('HSET', event, 'key', name, 'body', '', 'error', '', 'state', 'done')
    redis.call('ZREM', p .. ':waiting', name)
    redis.call('ZREM', p .. ':dead', name)
    redis.call('ZREM', p .. ':queue:' .. key, name)
    if state ~= 'done' then
      redis.call('PEXPIRE', event, keepMs)
      redis.call('ZADD', p .. ':done', now, position .. ' ' .. name)
    end
    if state == 'waiting' then
      -- Whoever works on it finds that the key is no longer theirs.
      redis.call('HDEL', p .. ':leases', key)
      redis.call('SREM', p .. ':retrying', key)
      scheduleNext(key, now, hold)
    end
  end
end
return forgotten
`);

/** @returns how many had something */
export async function forgetEvents(context: RedisContext, positions: readonly number[]): Promise<number> {
  const { redis, root, holdBackMs, keepMs, now } = context;
  let forgotten = 0;
  for (let start = 0; start < positions.length; start += groupSize) {
    const group = positions.slice(start, start + groupSize);
    forgotten += (await redis.run(forgetScript, root, now(), holdBackMs, keepMs, ...group)) as number;
  }
  return forgotten;
}
