/** Records what became of a claimed event, and ends the lease on its key. */
import type { ClaimedEvent, FailedHandOn } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** now, holdBackMs, key, org, id, lease, outcome (done, dead, retry), keepMs, afterMs, error, refused (0, 1), hung (0, 1) → 1, or 0: lease lost */
const recordOutcomeScript = createStoreScript(`
local now, hold, key, org, id = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local lease, outcome, keepMs, afterMs, problem, refused, hung = unpack(ARGV, 6)
if redis.call('HGET', p .. ':leases', key) ~= lease then return 0 end
local name = findName(org, id)
if not name then return 0 end
local event = p .. ':event:' .. name
redis.call('HDEL', p .. ':leases', key)
if outcome ~= 'done' then
  redis.call('HINCRBY', event, 'attempts', 1)
  redis.call('HINCRBY', event, 'refusals', refused)
  redis.call('HSET', event, 'error', problem)
end
if outcome == 'retry' then
  redis.call('SADD', p .. ':retrying', key)
  redis.call('ZREM', p .. (hung == '1' and ':ready' or ':hanging'), key)
  redis.call('ZADD', p .. (hung == '1' and ':hanging' or ':ready'), now + tonumber(afterMs), key)
  return 1
end
redis.call('ZREM', p .. ':queue:' .. key, name)
redis.call('ZREM', p .. ':waiting', name)
redis.call('SREM', p .. ':retrying', key)
redis.call('HSET', event, 'state', outcome)
local position = redis.call('HGET', event, 'position')
if outcome == 'done' then
  redis.call('HSET', event, 'error', '')
  redis.call('PEXPIRE', event, keepMs)
  redis.call('ZADD', p .. ':done', now, position .. ' ' .. name)
else
  redis.call('ZADD', p .. ':dead', position, name)
end
scheduleNext(key, now, hold)
return 1
`);

export function completeEvent(context: RedisContext, claimed: ClaimedEvent): Promise<boolean> {
  return recordOutcome(context, claimed, "done", { afterMs: 0, error: "", refused: true });
}

export function scheduleRetry(context: RedisContext, claimed: ClaimedEvent, failed: FailedHandOn): Promise<boolean> {
  return recordOutcome(context, claimed, "retry", failed);
}

export function buryEvent(context: RedisContext, claimed: ClaimedEvent, error: string): Promise<boolean> {
  return recordOutcome(context, claimed, "dead", { afterMs: 0, error, refused: true });
}

/** @returns `false`: the lease ended before, another receiver has the key now, and nothing changed */
async function recordOutcome(
  context: RedisContext,
  { key, org, id, lease }: ClaimedEvent,
  outcome: "done" | "dead" | "retry",
  { afterMs, error, refused, hung = false }: FailedHandOn,
): Promise<boolean> {
  const { redis, root, holdBackMs, keepMs } = context;
  const claim = [context.now(), holdBackMs, key, org, id, lease];
  const args = [outcome, keepMs, Math.ceil(afterMs), error, refused ? 1 : 0, hung ? 1 : 0];
  return (await redis.run(recordOutcomeScript, root, ...claim, ...args)) === 1;
}
