/** Zapier's cache keeps scopes apart; the platform's own stand-in for tests does not. */
import { describe, expect, test } from "@jest/globals";
import type { Bundle, ZObject } from "zapier-platform-core";
import { signPayload } from "../../../src/api/signature.ts";
import { createScopedCache } from "../../../zapier/connection/cache.ts";
import { receiveEvent } from "../../../zapier/trigger/delivery.ts";
import { PlatformCache } from "../platform-cache.ts";

describe.each([[null], [["auth"]], [["user", "auth"]]] as const)("a cache under the scope %j", (scope) => {
  test("finds, keeps and forgets what was written under it, and nothing else", async () => {
    const { cache, entries } = new PlatformCache();
    const z = { cache } as unknown as ZObject;
    const mine = createScopedCache(z, scope);
    const other = createScopedCache(z, scope === null ? ["auth"] : null);
    expect(await mine.set("key", "value", 60)).toBe(true);
    expect([await mine.get("key"), await other.get("key")]).toEqual(["value", null]);
    expect(await mine.set("key", "again", 60, true)).toBe(false);
    await other.delete("key");
    expect(await mine.get("key")).toBe("value");
    await mine.delete("key");
    expect(entries.size).toBe(0);
  });
});

test("a trigger knows a repeated event though the cache keeps scopes apart", async () => {
  const { cache } = new PlatformCache();
  const z = { cache, console: { log: () => {} } } as unknown as ZObject;
  const content = JSON.stringify({ id: "evt_1", type: "message.created", data: { id: "msg_1" } });
  const bundle = {
    subscribeData: { id: "wh_1", secret: "whsec_test" },
    rawRequest: { content, headers: { "Http-X-Onsync-Signature": signPayload(content, "whsec_test") } },
  } as unknown as Bundle;
  const take = () => receiveEvent("message.created", z, bundle, (event) => event);
  expect(await take()).toMatchObject({ id: "evt_1" });
  expect(await take()).toBeNull();
});

test("a call that hangs is an error when its time is over", async () => {
  const platform = new PlatformCache();
  platform.trouble = () => "hang";
  const cache = createScopedCache(platform as unknown as ZObject, null, { callMs: 20 });
  await expect(cache.get("key")).rejects.toThrow("Zapier's cache did not answer in time");
  await expect(cache.set("key", 1, 60)).rejects.toThrow("Zapier's cache did not answer in time");
  await expect(cache.delete("key")).rejects.toThrow("Zapier's cache did not answer in time");
});

test("all calls of one step share one budget of time, whatever their scope", async () => {
  const platform = new PlatformCache();
  platform.trouble = () => "hang";
  const budget = { callMs: 30, stepMs: 50 };
  const one = createScopedCache(platform as unknown as ZObject, null, budget);
  const other = createScopedCache(platform as unknown as ZObject, ["auth"], budget);
  await expect(one.get("key")).rejects.toThrow("did not answer in time");
  await expect(other.get("key")).rejects.toThrow("did not answer in time");
  const asked = platform.calls.length;
  await expect(one.get("key")).rejects.toThrow("has used up its time in this step");
  expect(platform.calls).toHaveLength(asked);
});

test("a cache that hangs does not keep an event from its Zap", async () => {
  const platform = new PlatformCache();
  platform.trouble = () => "hang";
  const z = { cache: platform.cache, console: { log: () => {} } } as unknown as ZObject;
  const content = JSON.stringify({ id: "evt_1", type: "message.created", data: { id: "msg_1" } });
  const bundle = {
    subscribeData: { id: "wh_1", secret: "whsec_test" },
    rawRequest: { content, headers: { "Http-X-Onsync-Signature": signPayload(content, "whsec_test") } },
  } as unknown as Bundle;
  const startedAt = performance.now();
  expect(await receiveEvent("message.created", z, bundle, (event) => event)).toMatchObject({ id: "evt_1" });
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});
