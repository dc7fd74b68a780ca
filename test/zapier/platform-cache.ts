/**
 * Zapier's cache as the platform has it: scopes are kept apart, an entry ends with its time to live, `nx` leaves what is
 * there; and it can hang or fail, once or for good.
 */

type Scope = readonly string[] | null;
/** What a call of the cache meets, by its number from 1 and its key. `lost`: it is done, and its answer is lost. */
export type CacheTrouble = (call: number, key: string, method: string) => "hang" | "fail" | "lost" | undefined;

const never = new Promise<never>(() => {});

export class PlatformCache {
  readonly entries = new Map<string, { json: string; endsAt: number; seconds: number | null }>();
  trouble: CacheTrouble = () => undefined;
  calls: string[] = [];
  readonly #now: () => number;

  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /** The keys that there are, in the order in which they were set first. */
  keys(): string[] {
    return [...this.entries.keys()].map((name) => (JSON.parse(name) as [string])[0]);
  }

  readonly cache = {
    get: (key: string, scope: Scope = null): Promise<unknown> =>
      this.#call("get", key, () => {
        const entry = this.#find(JSON.stringify([key, scope]));
        return entry === undefined ? null : JSON.parse(entry.json);
      }),
    set: (key: string, value: unknown, seconds: number | null = null, scope: Scope = null, nx: boolean | null = null) =>
      this.#call("set", key, () => {
        const name = JSON.stringify([key, scope]);
        if (nx === true && this.#find(name) !== undefined) return false;
        const endsAt = seconds === null ? Number.POSITIVE_INFINITY : this.#now() + seconds * 1000;
        this.entries.set(name, { json: JSON.stringify(value), endsAt, seconds });
        return true;
      }),
    delete: (key: string, scope: Scope = null): Promise<boolean> =>
      this.#call("delete", key, () => {
        const name = JSON.stringify([key, scope]);
        return this.#find(name) !== undefined && this.entries.delete(name);
      }),
  };

  #find(name: string) {
    const entry = this.entries.get(name);
    if (entry === undefined || entry.endsAt > this.#now()) return entry;
    this.entries.delete(name);
    return undefined;
  }

  async #call<Value>(method: string, key: string, work: () => Value): Promise<Value> {
    this.calls.push(`${method} ${key}`);
    const trouble = this.trouble(this.calls.length, key, method);
    if (trouble === "hang") return never;
    if (trouble === "fail") throw new Error("the cache is out of reach");
    const value = work();
    if (trouble === "lost") throw new Error("the cache's answer was lost");
    return value;
  }
}
