/** Who is told when something may have become due in a store. */

export type Watchers = {
  /** @returns stops telling the listener */
  watch(listener: () => void): () => void;
  notify(): void;
};

export function createWatchers(): Watchers {
  const listeners = new Set<() => void>();
  return {
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notify() {
      for (const listener of listeners) listener();
    },
  };
}
