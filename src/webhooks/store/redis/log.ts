/** The log in Redis: one entry an event, in the order of acceptance. */
import type { RedisConnection } from "../../../redis.ts";
import type { EventReply } from "./event-reply.ts";
import { createStoreScript } from "./prelude.ts";

/** after, count → for each entry of the log its position, name, and the event's fields */
const readLogScript = createStoreScript(`
local found = {}
for _, entry in ipairs(redis.call('XRANGE', p .. ':log', '(' .. ARGV[1] .. '-0', '+', 'COUNT', ARGV[2])) do
  local name = entry[2][2]
  found[#found + 1] = { string.sub(entry[1], 1, -3), name, unpack(readFields(name)) }
end
return found
`);

export type LogEntry = { position: string; reply: EventReply };

export async function readLog(
  redis: RedisConnection,
  root: string,
  after: string | number,
  count: number,
): Promise<LogEntry[]> {
  const entries = (await redis.run(readLogScript, root, after, count)) as [string, ...EventReply][];
  return entries.map(([position, ...reply]) => ({ position, reply }));
}
