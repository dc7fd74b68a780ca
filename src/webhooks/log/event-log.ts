/**
 * The events received so far, kept in memory for those who wait for them: a bounded log with a cursor. Reading is at
 * least once: give the cursor of the last answer and nothing is skipped while it is kept; where something no longer is,
 * the answer says so (`gap`).
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Event, EventType } from "../../api/index.ts";
import { type Clock, systemClock } from "../../client/clock.ts";
import { startDeadline, withDeadline } from "../../client/deadline.ts";
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

/** A log of this process. */
type MemoryLog = {
  readonly id: string;
  readonly capacity: number;
  readonly clock: Clock;
  /** By org and event id, in the order of arrival: insertion order is the log, the keys de-duplicate. */
  readonly kept: Map<string, { position: number; event: Event }>;
  nextPosition: number;
  /** Resolves when the next event arrives. */
  arrival: PromiseWithResolvers<void>;
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
  const id = randomUUID().slice(0, 8);
  const arrival = Promise.withResolvers<void>();
  const log: MemoryLog = { id, capacity, clock, kept: new Map(), nextPosition: 1, arrival };
  return {
    append: (event) => appendEvent(log, event),
    wait: (options) => waitForEvents(log, options),
  };
}

function appendEvent(log: MemoryLog, event: Event): boolean {
  const { kept, capacity, arrival } = log;
  const name = JSON.stringify([readOrg(event), event.id]);
  const before = kept.get(name);
  if (before !== undefined) {
    if (isDeepStrictEqual(before.event, event)) return false;
    throw new EventConflictError();
  }
  kept.set(name, { position: log.nextPosition, event });
  log.nextPosition += 1;
  if (kept.size > capacity) kept.delete(kept.keys().next().value as string);
  log.arrival = Promise.withResolvers();
  arrival.resolve();
  return true;
}

async function waitForEvents(log: MemoryLog, options: WaitOptions): Promise<WaitAnswer> {
  const { cursor, timeoutMs, signal } = options;
  const { position: from, lost } = parseCursor(log, cursor);
  const deadline = startDeadline({ clock: log.clock, deadlineMs: timeoutMs }, { signal });
  for (;;) {
    signal?.throwIfAborted();
    const oldest = log.kept.values().next().value?.position ?? log.nextPosition;
    const gap = lost || from < oldest;
    const { data, upTo, more } = readEvents(log, from, options);
    const answer = { data, cursor: `${log.id}.${upTo}`, more, gap };
    if (data.length > 0 || gap) return answer;
    const { kind } = await withDeadline(deadline, () => log.arrival.promise);
    signal?.throwIfAborted();
    if (kind !== "done") return answer;
  }
}

/** `lost`: the cursor is of a log that is gone. */
function parseCursor(log: MemoryLog, cursor: string | undefined): { position: number; lost: boolean } {
  if (cursor === undefined) return { position: log.nextPosition, lost: false };
  const [id, position] = cursor.split(".");
  const known = id === log.id && /^\d+$/.test(position ?? "") && Number(position) <= log.nextPosition;
  return known ? { position: Number(position), lost: false } : { position: 0, lost: true };
}

function readEvents({ kept }: MemoryLog, from: number, { types, limit }: WaitOptions) {
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
}
