/** Small things that receivers remember together beside the events. */
import type { RedisContext } from "./context.ts";
import { createStoreScript } from "./prelude.ts";

/** name, whether it is there (0, 1), what it is, whether to keep it (0, 1), what it becomes → 1: done, 0: it was another */
const swapScript = createStoreScript(`
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

export async function readSetting({ redis, root }: RedisContext, name: string): Promise<string | null> {
  return (await redis.send("HGET", `${root}:settings`, name)) as string | null;
}

/** @returns `false`: the setting is not `from`, and nothing changed */
export async function swapSetting(
  { redis, root }: RedisContext,
  name: string,
  from: string | null,
  to: string | null,
): Promise<boolean> {
  const args = [name, from === null ? 0 : 1, from ?? "", to === null ? 0 : 1, to ?? ""];
  return (await redis.run(swapScript, root, ...args)) === 1;
}
