/** Zapier's `lock`: runs of one key go one after another, until the one that holds it ends or its time is over. */
import type { CacheCaller } from "./cache.ts";

export type LockDefinition = { key: string; scope?: ("user" | "auth" | "account")[]; timeout?: number };

/** The lock that a run takes: its key with the Zap's own values, and whose it is. */
export function nameLock({ key, scope = [] }: LockDefinition, { user, auth }: CacheCaller, inputData: object): string {
  const values = inputData as Record<string, unknown>;
  const filled = key.replace(/\{\{\s*bundle\.inputData\.(\w+)\s*\}\}/g, (_, name: string) =>
    String(values[name] ?? ""),
  );
  const owners = [
    scope.includes("user") && user,
    scope.includes("auth") && auth,
    scope.includes("account") && "account",
  ];
  return JSON.stringify([filled, ...owners.filter((owner) => owner !== false)]);
}

export type Locks = {
  /** Runs the work when the lock is free. @param limitMs after which, in real time, the next may begin all the same */
  runInTurn<Result>(name: string, limitMs: number, work: () => Promise<Result>): Promise<Result>;
};

export function createLocks(): Locks {
  const last = new Map<string, Promise<unknown>>();
  return {
    runInTurn: async (name, limitMs, work) => {
      const before = last.get(name);
      let release = (): void => {};
      const mine = new Promise<void>((resolve) => {
        release = resolve;
      });
      const turn = Promise.resolve(before).then(() => mine);
      last.set(name, turn);
      await before;
      const timer = setTimeout(release, limitMs);
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        release();
        if (last.get(name) === turn) last.delete(name);
      }
    },
  };
}
