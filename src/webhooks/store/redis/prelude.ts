/**
 * What must happen at once in Redis happens in a Lua script. All keys begin with KEYS[1], whose braces keep them in one slot
 * of a cluster:
 *
 * - `:log` a stream, one entry an event, its id the position: what was accepted, in order
 * - `:event:NAME` a hash: the event and what became of it. Its name is the length of its org, the org and its id; before
 *   format 3 it was its id alone, and such names stay until they are forgotten
 * - `:orgs` a set: the orgs that there are events of
 * - `:queue:KEY` a sorted set for each conversation or contact: what waits, in order; what was claimed once is first, at -inf
 * - `:ready`, `:hanging` sorted sets of keys: when the first of each is due, or when the lease on it ends; `:hanging` has
 *   the keys whose sink did not answer the last time
 * - `:leases` who works on a key
 * - `:waiting`, `:dead` sorted sets of names by position; `:retrying` a set of keys
 * - `:done` a sorted set of "position name": when each was done
 * - `:meta` the format, the log's name, its last position, the last number given, and up to where it was forgotten
 * - `:settings`
 *
 * An ARGV of "" for the time means Redis's own clock, which all receivers share.
 */
import { createScript, readClock, type Script } from "../../../redis.ts";

/** The Lua functions that every script of the store may call. */
const prelude = `
local p = KEYS[1]
${readClock}
local function firstOf(key) return redis.call('ZRANGE', p .. ':queue:' .. key, 0, 0)[1] end
local function readFields(name)
  return redis.call('HMGET', p .. ':event:' .. name, 'position', 'type', 'key', 'createdAt', 'receivedAt', 'state',
    'attempts', 'refusals', 'error', 'body', 'sequence', 'id', 'org')
end
-- Told apart also where an org or an id has spaces.
local function toName(org, id) return string.len(org) .. ' ' .. org .. ' ' .. id end
-- The name of an event that is kept, or nil.
local function findName(org, id)
  local name = toName(org, id)
  if redis.call('EXISTS', p .. ':event:' .. name) == 1 then return name end
  local position, itsId, itsOrg = unpack(redis.call('HMGET', p .. ':event:' .. id, 'position', 'id', 'org'))
  if position and not itsId and (itsOrg or '') == org then return id end
end
-- The key's next event, if it has one, becomes due after its time.
local function scheduleNext(key, now, hold)
  local first = firstOf(key)
  redis.call('ZREM', p .. ':hanging', key)
  if not first then return redis.call('ZREM', p .. ':ready', key) end
  local received = tonumber(redis.call('HGET', p .. ':event:' .. first, 'receivedAt'))
  redis.call('ZADD', p .. ':ready', math.max(now, math.min(received, now) + hold), key)
end
`;

/** A script that begins with these functions. */
export function createStoreScript(source: string): Script {
  return createScript(`${prelude}${source}`);
}
