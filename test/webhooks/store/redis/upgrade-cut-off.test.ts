/** What an older version kept is brought into this version's format by receivers that are killed over it, or that do it both. */
import { expect, test } from "@jest/globals";
import { connectRedis, type RedisConnection } from "../../../../src/redis.ts";
import { upgradeFormat } from "../../../../src/webhooks/store/redis/upgrade.ts";
import { messageEvent } from "../../../../testing/events.ts";
import { describeOnRedis, newPrefix } from "./on-redis.ts";

const count = 250;
const now = (): string => "1733047200000";

/** A log of format 1, of more than one group of bodies. */
async function writeFormat1(redis: RedisConnection, root: string): Promise<void> {
  const written: Promise<unknown>[] = [];
  for (let position = 1; position <= count; position++) {
    const [id, state] = [`evt_${position}`, ["waiting", "done", "dead"][position % 3] as string];
    const body = JSON.stringify({ ...messageEvent(id), orgId: `org_${position % 7}` });
    const fields = { position, rank: position, type: "message.created", key: "a", createdAt: 1, receivedAt: 1, state };
    const event = Object.entries({ ...fields, attempts: 0, body }).flat();
    written.push(redis.send("HSET", `${root}:event:${id}`, ...event));
    written.push(redis.send("XADD", `${root}:log`, `${position}-0`, "id", id, "type", "message.created"));
  }
  await Promise.all(written);
  await redis.send("HSET", `${root}:meta`, "position", count, "log", "abcd1234");
}

/** Everything under a root, in an order of its own. */
async function readAll(redis: RedisConnection, root: string): Promise<string[]> {
  const read: Record<string, string[]> = {
    hash: ["HGETALL"],
    set: ["SMEMBERS"],
    zset: ["ZRANGE", "0", "-1", "WITHSCORES"],
    stream: ["XRANGE", "-", "+"],
  };
  const keys = ((await redis.send("KEYS", `${root.replace(/[{}]/g, "?")}:*`)) as string[]).sort();
  const found: string[] = [];
  for (const key of keys) {
    const [command = "", ...rest] = read[String(await redis.send("TYPE", key))] ?? [];
    const reply = (await redis.send(command, key, ...rest)) as unknown[];
    found.push(`${key.slice(root.length)} ${JSON.stringify(command === "XRANGE" ? reply : reply.map(String).sort())}`);
  }
  return found;
}

describeOnRedis((redis) => {
  test("a receiver that is killed at any of its requests leaves what the next one brings to the same end", async () => {
    const raw = await connectRedis(redis.server.url);
    const whole = `{${newPrefix()}}`;
    await writeFormat1(raw, whole);
    let requests = 0;
    const noteRequest = <Result>(reply: Promise<Result>): Promise<Result> => {
      requests += 1;
      return reply;
    };
    const counting: RedisConnection = {
      ...raw,
      send: (...command) => noteRequest(raw.send(...command)),
      run: (...command) => noteRequest(raw.run(...command)),
    };
    await upgradeFormat(counting, whole, now);
    const expected = await readAll(raw, whole);
    expect(requests).toBeGreaterThan(6);

    for (let last = 1; last < requests; last++) {
      const root = `{${newPrefix()}}`;
      await writeFormat1(raw, root);
      let left = last;
      const dieAtLast = <Result>(request: () => Promise<Result>): Promise<Result> =>
        left-- > 0 ? request() : Promise.reject(new Error("killed"));
      const dying: RedisConnection = {
        ...raw,
        send: (...command) => dieAtLast(() => raw.send(...command)),
        run: (...command) => dieAtLast(() => raw.run(...command)),
      };
      await expect(upgradeFormat(dying, root, now)).rejects.toThrow("killed");
      await upgradeFormat(raw, root, now);
      expect(await readAll(raw, root)).toEqual(expected);
    }
    await raw.close();
  });

  test("two receivers that do it at once come to the same end as one", async () => {
    const [one, two] = [await connectRedis(redis.server.url), await connectRedis(redis.server.url)];
    const [alone, both] = [`{${newPrefix()}}`, `{${newPrefix()}}`];
    for (const root of [alone, both]) await writeFormat1(one, root);
    await upgradeFormat(one, alone, now);
    await Promise.all([upgradeFormat(one, both, now), upgradeFormat(two, both, now)]);
    expect(await readAll(one, both)).toEqual(await readAll(one, alone));
    await one.close();
    await two.close();
  });
});
