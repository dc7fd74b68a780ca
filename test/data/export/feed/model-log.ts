/** An event log as small as a model: what was kept, up to where it was forgotten, and its name. */
import type { EventSource } from "../../../../src/data/export/feed/feed.ts";

export type ModelLog = EventSource & {
  /** Keeps an event, as a receiver does that has acknowledged it. */
  keep(event: object): void;
  /** Forgets the oldest of those that are kept. */
  forget(count: number): void;
  /** Begins anew, as a file that was deleted. */
  replace(): void;
  /** How often it was read. */
  reads: number;
};

export function createModelLog(): ModelLog {
  let name = 1;
  let last = 0;
  let forgottenTo = 0;
  let kept: { position: number; type: string; body: string }[] = [];
  const listeners = new Set<() => void>();
  const log: ModelLog = {
    reads: 0,
    keep(event) {
      last += 1;
      kept.push({ position: last, type: (event as { type: string }).type, body: JSON.stringify(event) });
      for (const listener of listeners) listener();
    },
    forget(count) {
      forgottenTo = kept.slice(0, count).at(-1)?.position ?? forgottenTo;
      kept = kept.slice(count);
    },
    replace() {
      name += 1;
      [last, forgottenTo, kept] = [0, 0, []];
    },
    end: async () => ({ log: `log${name}`, position: last }),
    async read({ after, types, limit }) {
      log.reads += 1;
      const from = Math.max(after, forgottenTo);
      const found = kept.filter(({ position, type }) => position > from && (!types || types.includes(type)));
      const events = found.slice(0, limit).map(({ position, body }) => ({ position, body }));
      const more = found.length > limit;
      return { events, upTo: more ? (events.at(-1)?.position ?? from) : last, more, gap: after < forgottenTo };
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return log;
}
