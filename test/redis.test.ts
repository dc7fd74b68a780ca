import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, expect, jest, test } from "@jest/globals";
import { connectRedis } from "../src/redis.ts";

afterEach(() => {
  jest.useRealTimers();
});

test("a Redis that takes the connection and says nothing is no Redis to work with, after seconds", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => setImmediate(() => jest.advanceTimersByTime(10_000)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await expect(connectRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(
    /There is no Redis to work with at 127\.0\.0\.1:\d+: Redis did not answer within 6 s/,
  );
  server.close();
});
