/** What changed, told to those who look on: hints to read again, given once the transaction that made them is over. */
export type Change = {
  kind:
    | "conversation"
    | "message"
    | "contact"
    | "delivery"
    | "webhook"
    | "key"
    | "template"
    | "org"
    | "request"
    | "clock"
    | "faults"
    | "behaviour"
    | "import"
    | "automation"
    | "everything";
  /** Of what changed, where there are several. */
  id?: string;
};

export type Changes = {
  /** Cheap while nobody looks on. A hint whose transaction is undone does no harm: who reads again finds nothing new. */
  note(change: Change): void;
  /** @returns how to end it */
  subscribe(listener: (changes: readonly Change[]) => void): () => void;
};

export function createChanges(): Changes {
  const listeners = new Set<(changes: readonly Change[]) => void>();
  let waiting = new Map<string, Change>();

  const tell = (): void => {
    const changes = [...waiting.values()];
    waiting = new Map();
    for (const listener of listeners) listener(changes);
  };

  return {
    note: (change) => {
      if (listeners.size === 0) return;
      // Transactions are synchronous: by the time the microtask runs, this one is over.
      if (waiting.size === 0) queueMicrotask(tell);
      waiting.set(`${change.kind} ${change.id ?? ""}`, change);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
