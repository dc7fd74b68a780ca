/** Keeps an event that a delivery brought. */
import { orderKey, readOrg } from "../../order-key.ts";
import { EventConflictError, type Incoming } from "../store.ts";
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/**
 * now, holdBackMs, then of each event org, id, type, key, createdAt, body → of each the position; 0 where it was kept before,
 * -1 where another of its id was
 */
const acceptScript = createStoreScript(`
local now, hold = clock(ARGV[1]), tonumber(ARGV[2])
local before = tonumber(redis.call('HGET', p .. ':meta', 'position') or 0)
local position, orgs, waiting, ready = before, {}, {}, {}
local function accept(org, id, type, key, created, body)
  local name = toName(org, id)
  local event = p .. ':event:' .. name
  if redis.call('EXISTS', event, p .. ':event:' .. id) > 0 then
    local known = findName(org, id)
    if known then
      local kept = redis.call('HGET', p .. ':event:' .. known, 'body')
      -- What was forgotten is not kept anew.
      return (kept == body or kept == '') and 0 or -1
    end
  end
  if created == '' then created = now end
  local queue = p .. ':queue:' .. key
  local last = redis.call('ZREVRANGE', queue, 0, 0, 'WITHSCORES')[2]
  position = position + 1
  local rank = position
  if hold > 0 then
    rank = tonumber(created)
    -- Created in one millisecond: in the order of arrival.
    local same = last and redis.call('ZREVRANGEBYSCORE', queue, '(' .. string.format('%.0f', rank + 1), rank, 'WITHSCORES', 'LIMIT', 0, 1)[2]
    if same then rank = tonumber(same) + 0.001 end
  elseif last and last ~= '-inf' then
    -- After all that waits, of the time when there was a hold-back too.
    rank = math.max(position, tonumber(last) + 1)
  end
  if not orgs[org] then redis.call('SADD', p .. ':orgs', org) end
  orgs[org] = true
  redis.call('HSET', event, 'id', id, 'org', org, 'position', position, 'rank', rank, 'type', type, 'key', key, 'createdAt', created,
    'receivedAt', now, 'state', 'waiting', 'attempts', '0', 'refusals', '0', 'error', '', 'body', body)
  redis.call('XADD', p .. ':log', position .. '-0', 'id', name, 'type', type)
  redis.call('ZADD', queue, rank, name)
  waiting[#waiting + 1], waiting[#waiting + 2] = position, name
  -- Held back, one created earlier goes before those that wait already; while somebody works on the key, the lease stands.
  local first = hold > 0 and firstOf(key) == name and redis.call('HEXISTS', p .. ':leases', key) == 0
  if not last or first then ready[#ready + 1], ready[#ready + 2] = now + hold, key end
  return position
end
local function acceptAll()
  local positions = {}
  for first = 3, #ARGV, 6 do positions[#positions + 1] = accept(unpack(ARGV, first, first + 5)) end
  return positions
end
-- Redis takes nothing back: those before the one that fails wait, too.
local isKept, result = pcall(acceptAll)
if position > before then redis.call('HSET', p .. ':meta', 'position', position) end
if #waiting > 0 then redis.call('ZADD', p .. ':waiting', unpack(waiting)) end
if #ready > 0 then redis.call('ZADD', p .. ':ready', unpack(ready)) end
return isKept and result or error(result)
`);

/** At most so many events, or characters of their bodies, in one script: Redis answers nobody else meanwhile. */
const maxGroup = 64;
const maxGroupCharacters = 1_048_576;

type Waiting = {
  event: readonly (string | number)[];
  resolve: (position: number) => void;
  reject: (error: unknown) => void;
};

/**
 * Those that arrive in one turn of the event loop are kept by one script: to call one costs more than what it does for an
 * event. An error is the error of each: what was kept all the same is recognised when it is delivered again.
 */
export function createAccept(context: RedisContext): (incoming: Incoming) => Promise<boolean> {
  const { redis, root, holdBackMs, watchers } = context;
  let waiting: Waiting[] = [];
  let waitingCharacters = 0;

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    waitingCharacters = 0;
    if (group.length > 0) void keepGroup(group);
  };

  const keepGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      const args = [context.now(), holdBackMs, ...group.flatMap(({ event }) => event)];
      const positions = (await redis.run(acceptScript, root, ...args)) as number[];
      for (const [index, { resolve }] of group.entries()) resolve(positions[index] as number);
      if (positions.some((position) => position > 0)) watchers.notify();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const keep = (event: Waiting["event"], characters: number): Promise<number> =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ event, resolve, reject });
      waitingCharacters += characters;
      if (waiting.length >= maxGroup || waitingCharacters >= maxGroupCharacters) flush();
    });

  /**
   * @returns whether the event is new
   * @throws EventConflictError where its org has had this id with another body
   */
  return async ({ event, body }) => {
    const created = Date.parse(event.createdAt);
    const createdAt = Number.isNaN(created) ? "" : created;
    const position = await keep([readOrg(event), event.id, event.type, orderKey(event), createdAt, body], body.length);
    if (position < 0) throw new EventConflictError();
    return position > 0;
  };
}
