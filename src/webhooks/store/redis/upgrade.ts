/** Brings the events that an older version kept in Redis into this version's format. */
import type { RedisConnection } from "../../../redis.ts";
import { readOrg } from "../../order-key.ts";
import { readStoredEvent } from "../stored-body.ts";
import { UnfitRedisError } from "./durability.ts";
import { toStoredEvent } from "./event-reply.ts";
import { readLog } from "./log.ts";
import { createStoreScript } from "./prelude.ts";

const format = 3;

/** Events whose times are noted in one script. */
const timeGroupSize = 1000;
/** Events whose bodies are read at once. */
const bodyGroupSize = 200;

/**
 * now, after, count → notes of a group of the log's events, kept by an older version, when they were done; the position
 * looked at, whether to go on
 */
const fromFormat1Script = createStoreScript(`
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
const fromFormat2Script = createStoreScript(`
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

/**
 * Harmless when two receivers do it at once.
 *
 * @throws UnfitRedisError when the events are of a format to come
 */
export async function upgradeFormat(redis: RedisConnection, root: string, now: () => string): Promise<void> {
  const found = Number((await redis.send("HGET", `${root}:meta`, "format")) ?? 1);
  if (found > format) {
    throw new UnfitRedisError(
      `The events in this Redis have format ${found}, and this version of OnSync Automation reads up to ${format}. A newer version has written them: use that one or a later. Nothing of them was changed.`,
    );
  }
  if (found === format) return;
  if (found < 2) await noteDoneTimes(redis, root, now);
  await noteOrgs(redis, root);
  await redis.send("HSET", `${root}:meta`, "format", format);
}

async function noteDoneTimes(redis: RedisConnection, root: string, now: () => string): Promise<void> {
  for (let [after, more] = ["0", 1]; more === 1; ) {
    [after, more] = (await redis.run(fromFormat1Script, root, now(), after, timeGroupSize)) as [string, number];
  }
}

/** Notes whose the events are that an older version kept by their ids alone. */
async function noteOrgs(redis: RedisConnection, root: string): Promise<void> {
  for (let after = "0"; ; ) {
    const entries = await readLog(redis, root, after, bodyGroupSize);
    const kept = entries.map(({ reply }) => reply).filter((reply) => reply[1] !== null);
    const orgs = kept.flatMap((reply) => [reply[0], readOrg(readStoredEvent(toStoredEvent(reply).body) ?? {})]);
    if (orgs.length > 0) await redis.run(fromFormat2Script, root, ...orgs);
    const last = entries.at(-1);
    if (entries.length < bodyGroupSize || !last) return;
    after = last.position;
  }
}
