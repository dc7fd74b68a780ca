/** What a receiver says of itself while its Redis is full or frozen, and when it is back. */
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { connectRedis, type RedisConnection } from "../../../src/redis.ts";
import { type RedisServer, skipped, startRedis } from "../../../testing/redis-server.ts";
import { listen, useSink } from "./receivers.ts";

jest.setTimeout(60_000);
if (skipped !== null) process.stderr.write(`test/cli/listen/readiness-redis.test.ts ${skipped}\n`);

const sink = useSink();

(skipped === null ? describe : describe.skip)("a receiver on a Redis", () => {
  let redis: RedisServer;
  let receiver: Awaited<ReturnType<typeof listen>>;
  let operator: RedisConnection;
  beforeAll(async () => {
    redis = await startRedis("--maxmemory-policy", "noeviction");
    operator = await connectRedis(redis.url);
    receiver = await listen(sink, { ONSYNC_WEBHOOK_SECRETS: "whsec_1" }, { redis: redis.url });
  });
  afterAll(async () => {
    await receiver.close();
    await operator.close();
    await redis.close();
  });

  async function ask(): Promise<{ status: number; text: string; tookMs: number }> {
    const askedAt = performance.now();
    const response = await fetch(`${receiver.url}readyz`);
    return { status: response.status, text: await response.text(), tookMs: performance.now() - askedAt };
  }

  /** An answer is given again for a second: asks until it is another. */
  async function askUntil(status: number): Promise<string> {
    for (;;) {
      const answer = await ask();
      if (answer.status === status) return answer.text;
    }
  }

  const cannot = '{"ready":false,"problems":{"store":"cannot be written to"}}';

  test("that is full is not ready, and is again once there is room", async () => {
    await askUntil(200);
    await operator.send("CONFIG", "SET", "maxmemory", "1");
    expect(await askUntil(503)).toBe(cannot);
    await operator.send("CONFIG", "SET", "maxmemory", "0");
    expect(await askUntil(200)).toBe('{"ready":true}');
  });

  test("that is frozen says so within the time of a check, and so does each who asks meanwhile", async () => {
    process.kill(redis.pid(), "SIGSTOP");
    try {
      expect(await askUntil(503)).toBe('{"ready":false,"problems":{"store":"does not answer within 2 s"}}');
      const answers = await Promise.all(Array.from({ length: 50 }, ask));
      for (const { status, tookMs } of answers) {
        expect(status).toBe(503);
        // Two seconds, and what a busy machine takes besides; a command of Redis has six.
        expect(tookMs).toBeLessThan(5000);
      }
      expect((await fetch(`${receiver.url}healthz`)).status).toBe(200);
    } finally {
      process.kill(redis.pid(), "SIGCONT");
    }
    expect(await askUntil(200)).toBe('{"ready":true}');
  });
});
