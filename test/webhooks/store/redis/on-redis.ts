/** A real Redis for the tests of a file, and stores on it. */
import { afterAll, beforeAll, describe } from "@jest/globals";
import { openRedisStore } from "../../../../src/webhooks/store/redis/redis-store.ts";
import type { EventStore } from "../../../../src/webhooks/store/store.ts";
import type { ManualClock } from "../../../../testing/events.ts";
import { type RedisServer, skipped, startRedis } from "../../../../testing/redis-server.ts";

let stores = 0;

/** The prefix of a store that is empty. */
export function newPrefix(): string {
  stores += 1;
  return `store${stores}`;
}

export function logNothing(): void {}

/** A Redis that runs for the tests of one file. */
export type SharedRedis = {
  readonly server: RedisServer;
  open(prefix: string, clock: ManualClock, more?: object): Promise<EventStore>;
};

/** Describes what is tested on a real Redis; skipped, with the reason, where there is none. */
export function describeOnRedis(tests: (redis: SharedRedis) => void): void {
  (skipped ? describe.skip : describe)(skipped ?? "on a real Redis", () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.close());
    tests({
      get server() {
        return server;
      },
      open: (prefix, clock, more = {}) =>
        openRedisStore({ url: server.url, prefix, clock, leaseMs: 1000, log: logNothing, ...more }),
    });
  });
}
