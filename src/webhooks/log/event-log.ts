/**
 * The events received so far, kept in memory for those who wait for them: a bounded log with a cursor. Reading is at
 * least once: give the cursor of the last answer and nothing is skipped while it is kept; where something no longer is,
 * the answer says so (`gap`).
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Event, EventType } from "../../api/index.ts";
import { type Clock, systemClock } from "../../client/clock.ts";
import { readOrg } from "../order-key.ts";
import { EventConflictError } from "../store/store.ts";

export type WaitOptions = {
  /** `cursor` of the answer before; without one, only events from now on. */
  cursor?: string | undefined;
  types?: readonly EventType[] | undefined;
  /** Events an answer. */
  limit: number;
  /** Milliseconds to wait where nothing is there yet. */
  timeoutMs: number;
  signal?: AbortSignal;
};

export type WaitAnswer = {
  /** Oldest first. */
  data: Event[];
  /** Where the next answer goes on. */
  cursor: string;
  /** Whether more is there already. */
  more: boolean;
  /** Whether events after the cursor are no longer kept or cannot be read, or the cursor is of a log that is gone. */
  gap: boolean;
};

/** Where events are waited for: this log in memory, or the event store (`durable-log.ts`). */
export type EventReader = { wait(options: WaitOptions): Promise<WaitAnswer> };

export type EventLog = EventReader & {
  /**
   * Keeps an event; `false`: it was kept already (same org, same id).
   *
   * @throws EventConflictError where its org has another event of this id here
   */
  append(event: Event): boolean;
};

/**
 * @param capacity how many events are kept; the oldest go first
 */
export function createEventLog({
  capacity = 10_000,
  clock = systemClock,
}: {
  capacity?: number;
  clock?: Clock;
} = {}): EventLog {
  const logId = randomUUID().slice(0, 8);
  /** By org and event id, in the order of arrival: insertion order is the log, the keys de-duplicate. */
  const kept = new Map<string, { position: number; event: Event }>();
  let next = 1;
  let wake = Promise.withResolvers<void>();

  const positionAfter = (cursor: string | undefined): { position: number; lost: boolean } => {
    if (cursor === undefined) return { position: next, lost: false };
    const [id, position] = cursor.split(".");
    const known = id === logId && /^\d+$/.test(position ?? "") && Number(position) <= next;
    return known ? { position: Number(position), lost: false } : { position: 0, lost: true };
  };

  const read = (from: number, { types, limit }: WaitOptions) => {
    const data: Event[] = [];
    let upTo = Math.max(from, 1);
    for (const { position, event } of kept.values()) {
      if (position < from) continue;
      const wanted = !types || types.includes(event.type);
      if (wanted && data.length === limit) return { data, upTo, more: true };
      if (wanted) data.push(event);
      upTo = position + 1;
    }
    return { data, upTo, more: false };
  };

  return {
    append(event) {
      const name = JSON.stringify([readOrg(event), event.id]);
      const before = kept.get(name);
      if (before !== undefined) {
        if (isDeepStrictEqual(before.event, event)) return false;
        throw new EventConflictError();
      }
      kept.set(name, { position: next++, event });
      if (kept.size > capacity) kept.delete(kept.keys().next().value as string);
      wake.resolve();
      wake = Promise.withResolvers();
      return true;
    },

    async wait(options) {
      const { position: from, lost } = positionAfter(options.cursor);
      const timer = new AbortController();
      const timeout = clock.sleep(options.timeoutMs, timer.signal).then(
        () => true,
        () => true,
      );
      const abort = () => timer.abort();
      options.signal?.addEventListener("abort", abort, { once: true });
      try {
        for (;;) {
          options.signal?.throwIfAborted();
          const oldest = kept.values().next().value?.position ?? next;
          const gap = lost || from < oldest;
          const { data, upTo, more } = read(from, options);
          const timedOut = data.length > 0 || gap || (await Promise.race([timeout, wake.promise.then(() => false)]));
          if (timedOut) {
            options.signal?.throwIfAborted();
            return { data, cursor: `${logId}.${upTo}`, more, gap };
          }
        }
      } finally {
        options.signal?.removeEventListener("abort", abort);
        timer.abort();
      }
    },
  };
}
