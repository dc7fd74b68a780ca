/**
 * Zapier's cache under one scope: what is written under a scope is found under that scope alone, so that reading, writing and
 * deleting must name the same one.
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

export function createScopedCache(z: Pick<ZObject, "cache">, scope: CacheScope): ScopedCache {
  const cache = z.cache as unknown as PlatformCache;
  return {
    get: (key) => cache.get(key, scope),
    set: (key, value, seconds, ifAbsent = false) => cache.set(key, value, seconds, scope, ifAbsent),
    delete: (key) => cache.delete(key, scope),
  };
}
