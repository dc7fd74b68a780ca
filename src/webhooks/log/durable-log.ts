/** The event store as a log for agents: the same cursor reads as the log in memory, and they survive restarts. */
import { type Clock, systemClock } from "../../client/clock.ts";
import { getTimeLeft, startDeadline, withDeadline } from "../../client/deadline.ts";
import type { EventStore } from "../store/store.ts";
import { readStoredEvent } from "../store/stored-body.ts";
import type { EventReader, WaitAnswer, WaitOptions } from "./event-log.ts";

/** How often the store is asked, for events that another process accepts. */
const defaultPollMs = 250;

const wholeNumber = /^\d{1,15}$/;

type Store = Pick<EventStore, "read" | "end" | "watch">;
type Page = Awaited<ReturnType<Store["read"]>>;
/** Where a wait begins; `lost`: the cursor is of a log that is gone. */
type Start = { log: string; after: number; lost: boolean };

/** @param pollMs milliseconds between two looks while nothing is told; what this process accepts wakes at once */
export function createDurableLog(
  store: Store,
  { clock = systemClock, pollMs = defaultPollMs }: { clock?: Clock; pollMs?: number } = {},
): EventReader {
  return { wait: (options) => waitForEvents(store, clock, pollMs, options) };
}

async function waitForEvents(store: Store, clock: Clock, pollMs: number, options: WaitOptions): Promise<WaitAnswer> {
  const { types, limit, timeoutMs, signal } = options;
  const deadline = startDeadline({ clock, deadlineMs: timeoutMs }, { signal });
  const start = await findStart(store, options.cursor);
  for (let { after } = start; ; ) {
    signal?.throwIfAborted();
    const changed = Promise.withResolvers<void>();
    // Before the look, so that nothing slips in between.
    const unwatch = store.watch(changed.resolve);
    try {
      const page = await store.read({ after, types, limit });
      const leftMs = getTimeLeft(deadline);
      if (page.events.length > 0 || page.gap || start.lost || leftMs <= 0) return toAnswer(start, page);
      after = page.upTo;
      const nextLook = startDeadline({ clock, deadlineMs: Math.min(leftMs, pollMs) }, { signal });
      await withDeadline(nextLook, () => changed.promise);
    } finally {
      unwatch();
    }
  }
}

async function findStart(store: Store, cursor: string | undefined): Promise<Start> {
  const { log, position } = await store.end();
  if (cursor === undefined) return { log, after: position, lost: false };
  const [name, after = ""] = cursor.split(".");
  const known = name === log && wholeNumber.test(after) && Number(after) <= position;
  return { log, after: known ? Number(after) : 0, lost: !known };
}

function toAnswer({ log, lost }: Start, { events, upTo, more, gap }: Page): WaitAnswer {
  const data = events.map(({ body }) => readStoredEvent(body)).filter((event) => event !== null);
  // What cannot be read is passed over and told of: nobody may be stuck before it.
  const unreadable = data.length < events.length;
  return { data, cursor: `${log}.${upTo}`, more, gap: gap || lost || unreadable };
}
