/** Forgets what was done long ago. */
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** Events forgotten in one script. */
const pruneGroupSize = 1000;

/** now, keepMs, count → forgets events done for longer; how many */
const pruneScript = createStoreScript(`
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

/** @returns how many were forgotten */
export async function pruneEvents(context: RedisContext): Promise<number> {
  const { redis, root, keepMs } = context;
  for (let all = 0; ; ) {
    const forgotten = (await redis.run(pruneScript, root, context.now(), keepMs, pruneGroupSize)) as number;
    all += forgotten;
    if (forgotten < pruneGroupSize) return all;
  }
}
