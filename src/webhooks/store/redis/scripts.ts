/**
 * What must happen at once, in Lua. All keys begin with KEYS[1], whose braces keep them in one slot of a cluster:
 *
 * - `:log` a stream, one entry an event, its id the position: what was accepted, in order
 * - `:event:NAME` a hash: the event and what became of it. Its name is the length of its org, the org and its id; before
 *   format 3 it was its id alone, and such names stay until they are forgotten
 * - `:orgs` a set: the orgs that there are events of
 * - `:queue:KEY` a sorted set for each conversation or contact: what waits, in order; what was taken once is first, at -inf
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
import { createScript } from "./connection.ts";

const prelude = `
local p = KEYS[1]
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end
local function head(key) return redis.call('ZRANGE', p .. ':queue:' .. key, 0, 0)[1] end
local function fields(name)
  return redis.call('HMGET', p .. ':event:' .. name, 'position', 'type', 'key', 'createdAt', 'receivedAt', 'state',
    'attempts', 'refusals', 'error', 'body', 'sequence', 'id', 'org')
end
-- Told apart also where an org or an id has spaces.
local function nameOf(org, id) return string.len(org) .. ' ' .. org .. ' ' .. id end
-- The name of an event that is kept, or nil.
local function keptAs(org, id)
  local name = nameOf(org, id)
  if redis.call('EXISTS', p .. ':event:' .. name) == 1 then return name end
  local position, itsId, itsOrg = unpack(redis.call('HMGET', p .. ':event:' .. id, 'position', 'id', 'org'))
  if position and not itsId and (itsOrg or '') == org then return id end
end
-- The key's next event, if it has one, becomes due after its time.
local function goOn(key, now, hold)
  local first = head(key)
  redis.call('ZREM', p .. ':hanging', key)
  if not first then return redis.call('ZREM', p .. ':ready', key) end
  local received = tonumber(redis.call('HGET', p .. ':event:' .. first, 'receivedAt'))
  redis.call('ZADD', p .. ':ready', math.max(now, math.min(received, now) + hold), key)
end
`;

/** now, holdBackMs, org, id, type, key, createdAt, body → the position; 0 where it was kept before, -1 where another of its id was */
export const acceptScript = createScript(`${prelude}
local now, hold, org, id, type = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local key, created, body = ARGV[6], ARGV[7], ARGV[8]
local before = keptAs(org, id)
if before then return redis.call('HGET', p .. ':event:' .. before, 'body') == body and 0 or -1 end
local name = nameOf(org, id)
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
local first = hold > 0 and head(key) == name and redis.call('HEXISTS', p .. ':leases', key) == 0
if alone or first then redis.call('ZADD', p .. ':ready', now + hold, key) end
return position
`);

/**
 * now, limit, how many that hang, leaseMs, lease, whether the newest goes first (0, 1) → for each event its name
 * and fields, and whether it hangs (0, 1)
 *
 * A key whose lease ended is due again: that is how a receiver that died is taken over.
 */
export const takeScript = createScript(`${prelude}
local now, limit, hanging, leaseMs, lease = clock(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local taken = {}
local function take(set, key)
  local first = head(key)
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
  local reply = { first, unpack(fields(first)) }
  reply[#reply + 1] = set == ':hanging' and '1' or '0'
  taken[#taken + 1] = reply
end
for _, key in ipairs(redis.call('ZRANGEBYSCORE', p .. ':hanging', '-inf', now, 'LIMIT', 0, math.min(limit, hanging))) do
  take(':hanging', key)
end
-- In turn the one that waits longest and the one that became due last. What is taken is due no more.
local newest = ARGV[6] == '1'
for _ = #taken + 1, limit do
  local key = newest and redis.call('ZREVRANGEBYSCORE', p .. ':ready', now, '-inf', 'LIMIT', 0, 1)[1]
    or redis.call('ZRANGEBYSCORE', p .. ':ready', '-inf', now, 'LIMIT', 0, 1)[1]
  if not key then break end
  take(':ready', key)
  newest = not newest
end
return taken
`);

/** now, whether those count that hang (0, 1) → milliseconds until something is due or a lease ends, or -1 */
export const nextDueScript = createScript(`${prelude}
local now, first = clock(ARGV[1]), nil
for _, set in ipairs({ ':ready', ':hanging' }) do
  if set == ':ready' or ARGV[2] == '1' then
    local due = redis.call('ZRANGE', p .. set, 0, 0, 'WITHSCORES')[2]
    if due then first = math.min(first or math.huge, tonumber(due)) end
  end
end
return first and math.max(0, math.ceil(first - now)) or -1
`);

/** now, holdBackMs, key, org, id, lease, outcome (done, dead, retry), keepMs, afterMs, error, refused (0, 1), hung (0, 1) → 1, or 0: lease lost */
export const settleScript = createScript(`${prelude}
local now, hold, key, org, id = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local lease, outcome, keepMs, afterMs, problem, refused, hung = unpack(ARGV, 6)
if redis.call('HGET', p .. ':leases', key) ~= lease then return 0 end
local name = keptAs(org, id)
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
goOn(key, now, hold)
return 1
`);

/** now, then an org and an id for each event → the ids put back */
export const replayScript = createScript(`${prelude}
local now = clock(ARGV[1])
local replayed = {}
for index = 2, #ARGV, 2 do
  local id = ARGV[index + 1]
  local name = keptAs(ARGV[index], id)
  local event = name and p .. ':event:' .. name
  local state, key, rank, position
  if name then state, key, rank, position = unpack(redis.call('HMGET', event, 'state', 'key', 'rank', 'position')) end
  if state and state ~= 'waiting' then
    redis.call('PERSIST', event)
    redis.call('HSET', event, 'state', 'waiting', 'attempts', 0, 'refusals', 0, 'error', '')
    redis.call('HDEL', event, 'sequence')
    redis.call('ZREM', p .. ':dead', name)
    redis.call('ZREM', p .. ':done', position .. ' ' .. name)
    redis.call('ZADD', p .. ':queue:' .. key, rank, name)
    redis.call('ZADD', p .. ':waiting', position, name)
    -- One that is taken, or waits to be tried again, is not hurried.
    if head(key) == name and redis.call('HEXISTS', p .. ':leases', key) == 0 then redis.call('ZADD', p .. ':ready', now, key) end
    replayed[#replayed + 1] = id
  end
end
return replayed
`);

/** after, count → for each entry of the log its position, name, and the event's fields */
export const readScript = createScript(`${prelude}
local found = {}
for _, entry in ipairs(redis.call('XRANGE', p .. ':log', '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])) do
  local name = entry[2][2]
  found[#found + 1] = { string.sub(entry[1], 1, -3), name, unpack(fields(name)) }
end
return found
`);

/** set (waiting, dead), after, count → for each its name and fields */
export const listScript = createScript(`${prelude}
local found = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', p .. ':' .. ARGV[1], '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])) do
  found[#found + 1] = { name, unpack(fields(name)) }
end
return found
`);

/** now, keepMs, count → forgets events done for longer; how many */
export const pruneScript = createScript(`${prelude}
local before = string.format('%.0f', clock(ARGV[1]) - tonumber(ARGV[2]))
local old = redis.call('ZRANGEBYSCORE', p .. ':done', '-inf', '(' .. before, 'LIMIT', 0, ARGV[3])
local last = tonumber(redis.call('HGET', p .. ':meta', 'prunedTo') or 0)
for _, member in ipairs(old) do
  local position, name = string.match(member, '^(%d+) (.*)$')
  redis.call('XDEL', p .. ':log', position .. '-0')
  redis.call('DEL', p .. ':event:' .. name)
  redis.call('ZREM', p .. ':done', member)
  last = math.max(last, tonumber(position))
end
if #old > 0 then redis.call('HSET', p .. ':meta', 'prunedTo', last) end
return #old
`);

/**
 * now, after, count → notes of a group of the log's events, kept by an older version, when they were done; the position
 * looked at, whether to go on
 */
export const fromFormat1Script = createScript(`${prelude}
local upTo = ARGV[2]
local entries = redis.call('XRANGE', p .. ':log', '(' .. ARGV[2] .. '-0', '+', 'COUNT', ARGV[3])
for _, entry in ipairs(entries) do
  upTo = string.sub(entry[1], 1, -3)
  local id = entry[2][2]
  local state = redis.call('HGET', p .. ':event:' .. id, 'state')
  if not state or state == 'done' then redis.call('ZADD', p .. ':done', 'NX', clock(ARGV[1]), upTo .. ' ' .. id) end
end
if #entries == 0 then redis.call('HSET', p .. ':meta', 'format', 2) end
return { upTo, #entries > 0 and 1 or 0 }
`);

/** a name and an org for each of several events → notes whose they are, where their names do not tell */
export const fromFormat2Script = createScript(`${prelude}
for index = 1, #ARGV, 2 do
  local event = p .. ':event:' .. ARGV[index]
  -- One that has expired meanwhile does not come back.
  if redis.call('EXISTS', event) == 1 then
    redis.call('HSETNX', event, 'org', ARGV[index + 1])
    redis.call('SADD', p .. ':orgs', ARGV[index + 1])
  end
end
return #ARGV
`);

/** now → waiting, dead, accepted, keys, retrying, when the oldest of those that wait was received */
export const statsScript = createScript(`${prelude}
local oldest = redis.call('ZRANGE', p .. ':waiting', 0, 0)[1]
return { redis.call('ZCARD', p .. ':waiting'), redis.call('ZCARD', p .. ':dead'),
  tonumber(redis.call('HGET', p .. ':meta', 'position') or 0),
  redis.call('ZCARD', p .. ':ready') + redis.call('ZCARD', p .. ':hanging'), redis.call('SCARD', p .. ':retrying'),
  oldest and math.max(0, clock(ARGV[1]) - tonumber(redis.call('HGET', p .. ':event:' .. oldest, 'receivedAt'))) or -1 }
`);

/** name, whether it is there (0, 1), what it is, whether to keep it (0, 1), what it becomes → 1: done, 0: it was another */
export const swapScript = createScript(`${prelude}
local is = redis.call('HGET', p .. ':settings', ARGV[1])
if ARGV[2] == '0' then
  if is then return 0 end
elseif is ~= ARGV[3] then
  return 0
end
if ARGV[4] == '1' then redis.call('HSET', p .. ':settings', ARGV[1], ARGV[5])
else redis.call('HDEL', p .. ':settings', ARGV[1]) end
return 1
`);
