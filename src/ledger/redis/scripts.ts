/**
 * What must happen at once, in Lua. All keys begin with KEYS[1], whose braces keep them in one slot of a cluster:
 *
 * - `:send:NAME` a hash: the entry, its name the JSON of scope and reference
 * - `:id:ID` the name of the entry that commands call so
 * - `:claims` a sorted set of names, the latest claim highest; `:open` those of them that are claimed or unknown
 * - `:position` counts the claims
 * - `:note:NAME` a hash: a note and when it expires; `:list:LIST` a sorted set of the names of notes, by when they were written
 * - `:admissions:NAME` a sorted set of tickets by when they were admitted
 *
 * An ARGV of "" for the time means Redis's own clock, which all processes share. Each key expires by itself as well.
 */
import { createScript, readClock } from "../../redis.ts";

const prelude = `
local p = KEYS[1]
${readClock}
-- With the time it is read at and its name; nothing where it has expired.
local function read(name, now, keepMs)
  local key = p .. ':send:' .. name
  local updated = tonumber(redis.call('HGET', key, 'updatedAt'))
  if not updated or now - updated >= keepMs then return false end
  return { now, redis.call('HGETALL', key) }
end
local function field(entry, wanted)
  for index = 1, #entry[2], 2 do
    if entry[2][index] == wanted then return entry[2][index + 1] end
  end
end
local function forget(name)
  redis.call('ZREM', p .. ':claims', name)
  redis.call('ZREM', p .. ':open', name)
end
`;

/** How many of the oldest claims are looked at for expired ones whenever one is added. */
const maxSwept = 5;

/**
 * now, keepMs, name, replaces, leaseMs, id, then pairs of fields and values → whether it was granted (0, 1), and the entry
 */
export const claimScript = createScript(`${prelude}
local now, keepMs, name, replaces, leaseMs, id = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local key = p .. ':send:' .. name
local earlier = read(name, now, keepMs)
if earlier then
  local state = field(earlier, 'state')
  if state == 'claimed' and now - tonumber(field(earlier, 'claimedAt')) >= tonumber(field(earlier, 'leaseMs')) then
    state = 'unknown'
  end
  local free = state == 'not_sent' or (state == 'unknown' and field(earlier, 'claimId') == replaces)
  if not free then return { 0, earlier } end
  id = field(earlier, 'id')
end
redis.call('DEL', key)
redis.call('HSET', key, 'id', id, 'state', 'claimed', 'claimedAt', now, 'updatedAt', now, 'leaseMs', leaseMs,
  unpack(ARGV, 7))
local position = redis.call('INCR', p .. ':position')
redis.call('ZADD', p .. ':claims', position, name)
redis.call('ZADD', p .. ':open', position, name)
redis.call('PEXPIRE', key, keepMs)
redis.call('SET', p .. ':id:' .. id, name, 'PX', keepMs)
for _, old in ipairs(redis.call('ZRANGE', p .. ':claims', 0, ${maxSwept - 1})) do
  if not read(old, now, keepMs) then forget(old) end
end
return { 1, read(name, now, keepMs) }
`);

/** now, keepMs, name, claimId, state, then triples of field, whether it has a value (0, 1), value → the entry or nil */
export const recordScript = createScript(`${prelude}
local now, keepMs, name, claimId, state = clock(ARGV[1]), tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5]
local key = p .. ':send:' .. name
local entry = read(name, now, keepMs)
if not entry or field(entry, 'state') == 'sent' then return entry end
if state ~= 'sent' and field(entry, 'claimId') ~= claimId then return entry end
redis.call('HSET', key, 'state', state, 'updatedAt', now)
for index = 6, #ARGV, 3 do
  if ARGV[index + 1] == '1' then redis.call('HSET', key, ARGV[index], ARGV[index + 2])
  else redis.call('HDEL', key, ARGV[index]) end
end
if state == 'unknown' then
  redis.call('ZADD', p .. ':open', redis.call('ZSCORE', p .. ':claims', name), name)
else
  redis.call('ZREM', p .. ':open', name)
end
redis.call('PEXPIRE', key, keepMs)
redis.call('SET', p .. ':id:' .. field(entry, 'id'), name, 'PX', keepMs)
return read(name, now, keepMs)
`);

/** now, keepMs, name → the entry or nil */
export const findScript = createScript(`${prelude}
return read(ARGV[3], clock(ARGV[1]), tonumber(ARGV[2]))
`);

/** now, keepMs, id → the entry or nil */
export const getScript = createScript(`${prelude}
local name = redis.call('GET', p .. ':id:' .. ARGV[3])
return name and read(name, clock(ARGV[1]), tonumber(ARGV[2]))
`);

/** now, keepMs, set (claims, open), position to be below ("+inf": from the latest), count → position and entry or nil, for each */
export const listScript = createScript(`${prelude}
local now, keepMs, set = clock(ARGV[1]), tonumber(ARGV[2]), p .. ':' .. ARGV[3]
local below = ARGV[4] == '+inf' and '+inf' or '(' .. ARGV[4]
local found = redis.call('ZREVRANGEBYSCORE', set, below, '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[5])
local entries = {}
for index = 1, #found, 2 do
  local entry = read(found[index], now, keepMs)
  if not entry then forget(found[index]) end
  entries[#entries + 1] = { found[index + 1], entry }
end
return entries
`);

/** now, name → the note's value or nil */
export const noteScript = createScript(`${prelude}
local note = redis.call('HMGET', p .. ':note:' .. ARGV[2], 'value', 'expiresAt')
return note[1] and tonumber(note[2]) > clock(ARGV[1]) and note[1]
`);

/** now, name, value, ttlMs, whether only where there is none (0, 1), the list or "" → 1, or 0: there was one */
export const setNoteScript = createScript(`${prelude}
local now, key, ttlMs = clock(ARGV[1]), p .. ':note:' .. ARGV[2], tonumber(ARGV[4])
if ARGV[5] == '1' and (tonumber(redis.call('HGET', key, 'expiresAt')) or 0) > now then return 0 end
redis.call('HSET', key, 'value', ARGV[3], 'expiresAt', now + ttlMs)
redis.call('PEXPIRE', key, ttlMs)
if ARGV[6] == '' then return 1 end
local list = p .. ':list:' .. ARGV[6]
for _, old in ipairs(redis.call('ZRANGE', list, 0, ${maxSwept - 1})) do
  if (tonumber(redis.call('HGET', p .. ':note:' .. old, 'expiresAt')) or 0) <= now then redis.call('ZREM', list, old) end
end
redis.call('ZADD', list, now, ARGV[2])
return 1
`);

/** now, list, limit → the values of the list's notes, the latest first */
export const listNotesScript = createScript(`${prelude}
local now, values = clock(ARGV[1]), {}
for _, name in ipairs(redis.call('ZREVRANGE', p .. ':list:' .. ARGV[2], 0, -1)) do
  if #values >= tonumber(ARGV[3]) then break end
  local note = redis.call('HMGET', p .. ':note:' .. name, 'value', 'expiresAt')
  if note[1] and tonumber(note[2]) > now then values[#values + 1] = note[1] end
end
return values
`);

/** now, name, ticket, keepMs, then pairs of limit and windowMs → nil: admitted, or which pair refuses (0 …) and for how long */
export const admitScript = createScript(`${prelude}
local now, key, ticket, keepMs = clock(ARGV[1]), p .. ':admissions:' .. ARGV[2], ARGV[3], tonumber(ARGV[4])
local usedUp = false
redis.call('ZREMRANGEBYSCORE', key, '-inf', now - keepMs)
for index = 5, #ARGV, 2 do
  local limit, window = tonumber(ARGV[index]), tonumber(ARGV[index + 1])
  local counted = redis.call('ZCOUNT', key, '(' .. (now - window), '+inf')
  if counted >= limit then
    -- The one that must leave the window before there is room again.
    local last = limit > 0 and redis.call('ZREVRANGE', key, limit - 1, limit - 1, 'WITHSCORES')[2] or now
    local waitMs = tonumber(last) + window - now
    if not usedUp or waitMs > usedUp[2] then usedUp = { (index - 5) / 2, waitMs } end
  end
end
if usedUp then return usedUp end
redis.call('ZADD', key, now, ticket)
redis.call('PEXPIRE', key, keepMs)
return false
`);
