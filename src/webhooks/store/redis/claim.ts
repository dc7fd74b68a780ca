/** Claims the events that are due, for as long as a lease: the first of each key, fairly among the keys. */
import type { ClaimedEvent } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { type EventReply, toStoredEvent } from "./event-reply.ts";
import { createStoreScript } from "./prelude.ts";

/**
 * now, limit, how many that hang, leaseMs, lease, whether the newest goes first (0, 1) → for each event its name
 * and fields, and whether it hangs (0, 1)
 *
 * A key whose lease ended is due again: that is how a receiver that died is taken over.
 */
const claimDueScript = createStoreScript(`
local now, limit, hanging, leaseMs, lease = clock(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local claimed = {}
local function claimFirst(set, key)
  local first = firstOf(key)
  if not first then return redis.call('ZREM', p .. set, key) end
  local event = p .. ':event:' .. first
  if not redis.call('HGET', event, 'sequence') then
    -- The time in microseconds, so that a store made anew goes on above what its consumers have had.
    local last = tonumber(redis.call('HGET', p .. ':meta', 'sequence') or 0)
    local sequence = string.format('%.0f', math.max(last + 1, math.floor(now) * 1000))
    redis.call('HSET', p .. ':meta', 'sequence', sequence)
    redis.call('HSET', event, 'sequence', sequence)
  end
  -- Nothing goes before it any more.
  redis.call('ZADD', p .. ':queue:' .. key, '-inf', first)
  redis.call('ZADD', p .. set, now + leaseMs, key)
  redis.call('HSET', p .. ':leases', key, lease)
  local reply = { first, unpack(readFields(first)) }
  reply[#reply + 1] = set == ':hanging' and '1' or '0'
  claimed[#claimed + 1] = reply
end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', p .. ':hanging', '-inf', now, 'LIMIT', 0, math.min(limit, hanging))) do
  claimFirst(':hanging', key)
end
-- In turn the one that waits longest and the one that became due last. What is claimed is due no more.
local newest = ARGV[6] == '1'
for _ = #claimed + 1, limit do
  local key = newest and redis.call('ZREVRANGEBYSCORE', p .. ':ready', now, '-inf', 'LIMIT', 0, 1)[1]
    or redis.call('ZRANGEBYSCORE', p .. ':ready', '-inf', now, 'LIMIT', 0, 1)[1]
  if not key then break end
  claimFirst(':ready', key)
  newest = not newest
end
return claimed
`);

/** now, whether those count that hang (0, 1) → milliseconds until something is due or a lease ends, or -1 */
const nextDueScript = createStoreScript(`
local now, first = clock(ARGV[1]), nil
for _, set in ipairs({ ':ready', ':hanging' }) do
  if set == ':ready' or ARGV[2] == '1' then
    local due = redis.call('ZRANGE', p .. set, 0, 0, 'WITHSCORES')[2]
    if due then first = math.min(first or math.huge, tonumber(due)) end
  end
end
return first and math.max(0, math.ceil(first - now)) or -1
`);

/** The first events of up to `limit` keys that are due and not leased, at most `maxHanging` of them of keys that hang. */
export async function claimDue(context: RedisContext, limit: number, maxHanging: number): Promise<ClaimedEvent[]> {
  const { redis, root, leaseMs } = context;
  context.claims += 1;
  const lease = `${context.receiver}.${context.claims}`;
  const newestFirst = (context.claims + 1) % 2;
  const args = [context.now(), limit, Math.max(0, maxHanging), leaseMs, lease, newestFirst];
  const claimed = (await redis.run(claimDueScript, root, ...args)) as EventReply[];
  return claimed.map((reply) => {
    const event = toStoredEvent(reply);
    return { ...event, sequence: event.sequence as number, hanging: reply.at(-1) === "1", lease, leaseMs };
  });
}

/** Milliseconds until a key falls due or the lease on one ends; `null`: nothing waits. */
export async function findNextDue(context: RedisContext, includeHanging: boolean): Promise<number | null> {
  const { redis, root } = context;
  const ms = (await redis.run(nextDueScript, root, context.now(), includeHanging ? 1 : 0)) as number;
  return ms < 0 ? null : ms;
}
