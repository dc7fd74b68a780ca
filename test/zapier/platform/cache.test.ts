/** The simulated cache does what Zapier's does, so that what depends on it can be tested. */
import { beforeEach, describe, expect, test } from "@jest/globals";
import { type CacheStore, createCacheDouble, createCacheStore } from "../../../testing/zapier/cache.ts";

const caller = { user: "user_1", auth: "auth_1" };
let now: number;
let store: CacheStore;
beforeEach(() => {
  now = 0;
  store = createCacheStore(() => now);
});

describe("a simulated cache", () => {
  test("does not find without its scope what was set with one", () => {
    store.set(caller, "key", "value", null, ["auth"]);
    expect(store.get(caller, "key")).toBeNull();
    expect(store.get(caller, "key", ["user"])).toBeNull();
    expect(store.get(caller, "key", ["auth"])).toBe("value");
  });

  test("keeps the connections of a user apart in the scope of the connection", () => {
    store.set(caller, "key", "value", null, ["auth"]);
    expect(store.get({ ...caller, auth: "auth_2" }, "key", ["auth"])).toBeNull();
  });

  test("shares what has no scope among all users of the app", () => {
    store.set(caller, "key", "value");
    expect(store.get({ user: "user_2", auth: "auth_2" }, "key")).toBe("value");
  });

  test("takes the order of scopes for nothing", () => {
    store.set(caller, "key", "value", null, ["auth", "user"]);
    expect(store.get(caller, "key", ["user", "auth"])).toBe("value");
  });

  test("leaves an entry to whom set it first with nx, and says so", () => {
    expect(store.set(caller, "key", "first", null, null, true)).toBe(true);
    expect(store.set(caller, "key", "second", null, null, true)).toBe(false);
    expect(store.get(caller, "key")).toBe("first");
  });

  test("forgets an entry when its time to live is over", () => {
    store.set(caller, "key", "value", 60);
    now = 59_999;
    expect(store.get(caller, "key")).toBe("value");
    now = 60_000;
    expect(store.get(caller, "key")).toBeNull();
    expect(store.set(caller, "key", "again", 60, null, true)).toBe(true);
  });

  test("says of a deletion whether there was something", () => {
    store.set(caller, "key", "value");
    expect(store.delete(caller, "key")).toBe(true);
    expect(store.delete(caller, "key")).toBe(false);
  });

  test("loses what it is told to lose", () => {
    store.set(caller, "a", "value");
    store.set(caller, "b", "value");
    store.lose((key) => key === "a");
    expect(store.keys()).toEqual(["b"]);
    store.lose();
    expect(store.keys()).toEqual([]);
  });

  test("keeps values for a step as z.cache does", async () => {
    const cache = createCacheDouble(store, caller);
    expect(await cache.set("key", { a: 1 }, 60, ["auth"], true)).toBe(true);
    expect(await cache.get("key", ["auth"])).toEqual({ a: 1 });
    expect(await cache.get("key")).toBeNull();
    expect(await cache.delete("key", ["auth"])).toBe(true);
  });
});
