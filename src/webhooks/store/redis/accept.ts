/** Keeps an event that a delivery brought. */
import { orderKey, readOrg } from "../../order-key.ts";
import { EventConflictError, type Incoming } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** now, holdBackMs, org, id, type, key, createdAt, body → the position; 0 where it was kept before, -1 where another of its id was */
const acceptScript = createStoreScript(`
local now, hold, org, id, type = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local key, created, body = ARGV[6], ARGV[7], ARGV[8]
local before = findName(org, id)
if before then
  local kept = redis.call('HGET', p .. ':event:' .. before, 'body')
  -- What was forgotten is not kept anew.
  return (kept == body or kept == '') and 0 or -1
end
local name = toName(org, id)
local event = p .. ':event:' .. name
local position = redis.call('HINCRBY', p .. ':meta', 'position', 1)
if created == '' then created = now end
local queue = p .. ':queue:' .. key
local rank
if hold > 0 then
  rank = tonumber(created)
  -- Created in one millisecond: in the order of arrival.
  local same = redis.call('ZREVRANGEBYSCORE', queue, '(' .. string.format('%.0f', rank + 1), rank, 'WITHSCORES', 'LIMIT', 0, 1)[2]
  if same then rank = tonumber(same) + 0.001 end
else
  -- After all that waits, of the time when there was a hold-back too.
  local last = redis.call('ZREVRANGEBYSCORE', queue, '+inf', '(-inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  rank = last and math.max(position, tonumber(last) + 1) or position
end
redis.call('SADD', p .. ':orgs', org)
redis.call('HSET', event, 'id', id, 'org', org, 'position', position, 'rank', rank, 'type', type, 'key', key, 'createdAt', created,
  'receivedAt', now, 'state', 'waiting', 'attempts', 0, 'refusals', 0, 'error', '', 'body', body)
redis.call('XADD', p .. ':log', position .. '-0', 'id', name, 'type', type)
redis.call('ZADD', queue, rank, name)
redis.call('ZADD', p .. ':waiting', position, name)
local alone = redis.call('ZCARD', queue) == 1
-- Held back, one created earlier goes before those that wait already; while somebody works on the key, the lease stands.
local first = hold > 0 and firstOf(key) == name and redis.call('HEXISTS', p .. ':leases', key) == 0
if alone or first then redis.call('ZADD', p .. ':ready', now + hold, key) end
return position
`);

/**
 * @returns whether the event is new
 * @throws EventConflictError where its org has had this id with another body
 */
export async function acceptEvent(context: RedisContext, { event, body }: Incoming): Promise<boolean> {
  const { redis, root, holdBackMs, watchers } = context;
  const created = Date.parse(event.createdAt);
  const createdAt = Number.isNaN(created) ? "" : created;
  const args = [context.now(), holdBackMs, readOrg(event), event.id, event.type, orderKey(event), createdAt, body];
  const position = (await redis.run(acceptScript, root, ...args)) as number;
  if (position < 0) throw new EventConflictError();
  if (position > 0) watchers.notify();
  return position > 0;
}
