/**
 * Zapier's cache under one scope: what is written under a scope is found under that scope alone, so that reading, writing and
 * deleting must name the same one. A call that hangs ends as an error, and all calls of a step together have a budget: a step
 * never waits longer for what it remembers than it has for its work.
 */
import type { ZObject } from "zapier-platform-core";

/** Whose entries they are: everybody's who uses the app, one user's, or one connected account's. */
export type CacheScope = readonly ("user" | "auth")[] | null;

export type ScopedCache = {
  get(key: string): Promise<unknown>;
  /** @param ifAbsent only where there is none. @returns `false` where there was one */
  set(key: string, value: unknown, seconds: number, ifAbsent?: boolean): Promise<boolean | null>;
  delete(key: string): Promise<unknown>;
};

/** The platform's types leave out the scope that `get` and `delete` take. */
type PlatformCache = {
  get(key: string, scope: CacheScope): Promise<unknown>;
  set(key: string, value: unknown, seconds: number, scope: CacheScope, ifAbsent: boolean): Promise<boolean | null>;
  delete(key: string, scope: CacheScope): Promise<unknown>;
};

/** How long one call of the cache may take, and all calls of one step together, in milliseconds. */
export const cacheBudget = { callMs: 1_500, stepMs: 6_000 };

/** What the calls of each step have taken so far, in milliseconds; every step has a cache object of its own. */
const spent = new WeakMap<object, number>();

/** @throws Error from every call that fails or is not answered in time */
export function createScopedCache(
  z: Pick<ZObject, "cache">,
  scope: CacheScope,
  budget: Partial<typeof cacheBudget> = {},
): ScopedCache {
  const cache = z.cache as unknown as PlatformCache;
  const limits = { ...cacheBudget, ...budget };
  const ask = <Value>(work: () => Promise<Value>): Promise<Value> => askInTime(cache, limits, work);
  return {
    get: (key) => ask(() => cache.get(key, scope)),
    set: (key, value, seconds, ifAbsent = false) => ask(() => cache.set(key, value, seconds, scope, ifAbsent)),
    delete: (key) => ask(() => cache.delete(key, scope)),
  };
}

/**
 * The place where a dropdown goes on: one text, which Zapier keeps between its pages. It has the cache's budget.
 *
 * @throws Error from every call that fails or is not answered in time
 */
export function createPlaceKeeper(z: Pick<ZObject, "cache" | "cursor">): {
  get(): Promise<string | null>;
  set(place: string): Promise<unknown>;
} {
  const cache = z.cache as unknown as PlatformCache;
  return {
    get: () => askInTime(cache, cacheBudget, () => z.cursor.get() as Promise<string | null>),
    set: (place) => askInTime(cache, cacheBudget, () => z.cursor.set(place)),
  };
}

async function askInTime<Value>(
  cache: PlatformCache,
  { callMs, stepMs }: typeof cacheBudget,
  work: () => Promise<Value>,
): Promise<Value> {
  const startedAt = performance.now();
  const left = Math.min(callMs, stepMs - (spent.get(cache) ?? 0));
  if (left <= 0) throw new Error("Zapier's cache has used up its time in this step");
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("Zapier's cache did not answer in time")), left);
  try {
    return await Promise.race([work(), expired]);
  } finally {
    clearTimeout(timer);
    // Rounded up, as timers may fire a little early.
    spent.set(cache, (spent.get(cache) ?? 0) + Math.ceil(performance.now() - startedAt));
  }
}
