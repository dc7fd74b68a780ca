/** Zapier's cache keeps scopes apart; the platform's own stand-in for tests does not. */
import { describe, expect, test } from "@jest/globals";
import type { Bundle, ZObject } from "zapier-platform-core";
import { signPayload } from "../../../src/api/signature.ts";
import { sendMessage } from "../../../src/operations/send-message.ts";
import { json, networkError, refused, rejection, scriptedOnSync } from "../../../testing/scripted.ts";
import { createScopedCache } from "../../../zapier/connection/cache.ts";
import type { PerformContext } from "../../../zapier/perform.ts";
import { sendWithReplayGuard } from "../../../zapier/replay-guard.ts";
import { receiveEvent } from "../../../zapier/trigger/delivery.ts";

/** As the platform's: an entry is its key and its scope. */
function scopeKeepingCache() {
  const entries = new Map<string, unknown>();
  const name = (key: string, scope: unknown = null) => JSON.stringify([key, scope]);
  const cache = {
    get: async (key: string, scope: unknown) => entries.get(name(key, scope)) ?? null,
    set: async (key: string, value: unknown, _seconds: number, scope: unknown, ifAbsent: boolean) => {
      if (ifAbsent && entries.has(name(key, scope))) return false;
      entries.set(name(key, scope), value);
      return true;
    },
    delete: async (key: string, scope: unknown) => entries.delete(name(key, scope)),
  };
  return { cache, entries };
}

describe.each([[null], [["auth"]], [["user", "auth"]]] as const)("a cache under the scope %j", (scope) => {
  test("finds, keeps and forgets what was written under it, and nothing else", async () => {
    const { cache, entries } = scopeKeepingCache();
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
  const { cache } = scopeKeepingCache();
  const z = { cache, console: { log: () => {} } } as unknown as ZObject;
  const content = JSON.stringify({ id: "evt_1", type: "message.created", data: { id: "msg_1" } });
  const bundle = {
    subscribeData: { id: "wh_1", secret: "whsec_test" },
    rawRequest: { content, headers: { "Http-X-Onsync-Signature": signPayload(content, "whsec_test") } },
  } as unknown as Bundle;
  const take = () => receiveEvent("message.created", z, bundle, () => true);
  expect(await take()).toMatchObject({ id: "evt_1" });
  expect(await take()).toBeNull();
});

test("a replayed run carries the reference of the run whose answer was lost, though the cache keeps scopes apart", async () => {
  const { cache } = scopeKeepingCache();
  const z = { cache, errors: { HaltedError: Error } } as unknown as ZObject;
  const message = { id: "msg_1", type: "text", content: "Hi", metadata: { clientReference: "reference-1" } };
  const { onsync, lines } = scriptedOnSync([
    networkError("ECONNRESET"),
    refused(403, "insufficient_scope"),
    json(200, { data: [message], nextBefore: null }),
  ]);
  const input = { platform: "telegram", to: "sara", content: "Hi" };
  const step = { onsync, z, bundle: { inputData: {}, meta: {} }, signal: undefined } as unknown as PerformContext;
  const run = () => sendWithReplayGuard(sendMessage, input, step, {});
  expect(String(await rejection(run()))).toContain("If you replay this run");
  expect(await run()).toMatchObject({ id: "msg_1" });
  expect(lines().filter((line) => line.startsWith("POST"))).toHaveLength(1);
});
