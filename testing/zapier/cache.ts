/**
 * Zapier's cache, `z.cache`, as the platform has it: scopes are kept apart, an entry ends with its time to live, and a
 * `set` with `nx` leaves what is there and answers false. (The cache of the platform's offline mode has none of it.)
 */

/** Whose step calls the cache: a user of Zapier, with one of their connections. */
export type CacheCaller = { user: string; auth: string };

export type CacheScope = readonly ("user" | "auth")[] | null;

export type CacheStore = {
  get(caller: CacheCaller, key: string, scope?: CacheScope): string | null;
  /** @param ttl in seconds; without one an entry stays. @returns false where `nx` found an entry */
  set(
    caller: CacheCaller,
    key: string,
    value: string,
    ttl?: number | null,
    scope?: CacheScope,
    nx?: boolean | null,
  ): boolean;
  /** @returns whether there was one */
  delete(caller: CacheCaller, key: string, scope?: CacheScope): boolean;
  /** Forgets everything, or what is under keys that `which` picks: a cache promises nothing. */
  lose(which?: (key: string) => boolean): void;
  /** The keys there are, without their scopes. */
  keys(): string[];
};

function nameEntry({ user, auth }: CacheCaller, key: string, scope: CacheScope = null): string {
  const owners = [scope?.includes("user") && `user ${user}`, scope?.includes("auth") && `auth ${auth}`];
  return JSON.stringify([key, ...owners.filter((owner) => owner !== false)]);
}

/** @param now milliseconds since 1970 */
export function createCacheStore(now: () => number): CacheStore {
  const entries = new Map<string, { value: string; endsAt: number }>();
  const find = (name: string): string | null => {
    const entry = entries.get(name);
    if (entry && entry.endsAt <= now()) entries.delete(name);
    return entries.get(name)?.value ?? null;
  };
  const keyOf = (name: string): string => (JSON.parse(name) as [string])[0];
  return {
    get: (caller, key, scope) => find(nameEntry(caller, key, scope)),
    set: (caller, key, value, ttl = null, scope = null, nx = null) => {
      const name = nameEntry(caller, key, scope);
      if (nx === true && find(name) !== null) return false;
      entries.set(name, { value, endsAt: ttl == null ? Number.POSITIVE_INFINITY : now() + ttl * 1000 });
      return true;
    },
    delete: (caller, key, scope) => {
      const name = nameEntry(caller, key, scope);
      return find(name) !== null && entries.delete(name);
    },
    lose: (which = () => true) => {
      for (const name of [...entries.keys()]) if (which(keyOf(name))) entries.delete(name);
    },
    keys: () => [...entries.keys()].filter((name) => find(name) !== null).map(keyOf),
  };
}

/** As the `z.cache` of a step, for tests that call a function of the app themselves. */
export function createCacheDouble(store: CacheStore, caller: CacheCaller = { user: "user_1", auth: "auth_1" }) {
  return {
    get: async (key: string, scope: CacheScope = null): Promise<unknown> => {
      const value = store.get(caller, key, scope);
      return value === null ? null : JSON.parse(value);
    },
    set: async (
      key: string,
      value: unknown,
      ttl: number | null = null,
      scope: CacheScope = null,
      nx: boolean | null = null,
    ): Promise<boolean> => store.set(caller, key, JSON.stringify(value), ttl, scope, nx),
    delete: async (key: string, scope: CacheScope = null): Promise<boolean> => store.delete(caller, key, scope),
  };
}
