import { expect, test } from "@jest/globals";
import { completeRedisUrl, formatStorePlace } from "../../../cli/settings/event-store.ts";

test("a Redis URL without a password takes the one of ONSYNC_REDIS_PASSWORD, whatever signs are in it", () => {
  const env = { ONSYNC_REDIS_PASSWORD: "p@ss:w/rd %41" };
  const url = new URL(completeRedisUrl(env, "rediss://user@10.0.0.5:6380/2"));
  expect(decodeURIComponent(url.password)).toBe("p@ss:w/rd %41");
  expect(`${url.protocol}//${url.username}@${url.host}${url.pathname}`).toBe("rediss://user@10.0.0.5:6380/2");
});

test("a Redis URL keeps its own password, and has none where none is set", () => {
  expect(completeRedisUrl({ ONSYNC_REDIS_PASSWORD: "other" }, "redis://:own@127.0.0.1:6379")).toBe(
    "redis://:own@127.0.0.1:6379",
  );
  expect(completeRedisUrl({}, "redis://127.0.0.1:6379")).toBe("redis://127.0.0.1:6379");
});

test("a person is shown the place without a password", () => {
  expect(formatStorePlace({ redis: "redis://user:own@127.0.0.1:6379/1" })).toBe("redis://127.0.0.1:6379/1");
});
