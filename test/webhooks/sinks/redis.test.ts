import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { connectRedis } from "../../../src/redis.ts";
import { redisSink } from "../../../src/webhooks/sinks/redis.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
import { handOn, noSignal } from "./event.ts";

let redis: RedisServer;

(skipped ? describe.skip : describe)(skipped ?? "the Redis stream sink, on a real Redis", () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  test("adds an entry for each event", async () => {
    const sink = await redisSink({ url: redis.url, stream: "onsync" });
    const event = handOn("evt_1");
    await sink.handOn(event, noSignal);
    await sink.close();
    const reader = await connectRedis(redis.url);
    const [entry] = (await reader.send("XRANGE", "onsync", "-", "+")) as [string, string[]][];
    expect(entry?.[1]).toEqual([
      "id",
      "evt_1",
      "type",
      "message.created",
      "key",
      "whatsapp:+971500000000",
      "sequence",
      "1",
      "body",
      event.body,
    ]);
    await reader.close();
  });

  test("a key that is no stream is a refusal, a Redis that is away an outage", async () => {
    const sink = await redisSink({ url: redis.url, stream: "text" });
    const other = await connectRedis(redis.url);
    await other.send("SET", "text", "1");
    await expect(sink.handOn(handOn("evt_1"), noSignal)).rejects.toThrow(
      expect.objectContaining({ name: "Error", message: expect.stringContaining("WRONGTYPE") }),
    );
    await other.close();
    await sink.close();

    const short = await startRedis();
    const cutOff = await redisSink({ url: short.url, stream: "onsync" });
    await short.close();
    await expect(cutOff.handOn(handOn("evt_3"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    await cutOff.close();
  });
});
