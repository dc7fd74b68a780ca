import { expect, test } from "@jest/globals";
import { openBullQueue } from "../../../src/data/queue/redis/bullmq-queue.ts";
import { findFreePort } from "../../../testing/network/free-port.ts";

test("a queue whose Redis is away can be closed, and does not wait for it to come back", async () => {
  const queue = await openBullQueue(`redis://127.0.0.1:${await findFreePort()}`, () => {});
  await expect(queue.close()).resolves.toBeUndefined();
});
