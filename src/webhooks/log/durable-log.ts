/** The event store as a log for agents: the same cursor reads as the log in memory, and they survive restarts. */
import { type Clock, monotonicNow, systemClock } from "../../client/clock.ts";
import type { EventStore } from "../store/store.ts";
import { readStoredEvent } from "../store/stored-body.ts";
import type { EventReader, WaitOptions } from "./event-log.ts";

/** How often the store is asked, for events that another process accepts. */
const defaultPollMs = 250;

const whole = /^\d{1,15}$/;

/** @param pollMs milliseconds between two looks while nothing is told; what this process accepts wakes at once */
export function createDurableLog(
  store: Pick<EventStore, "read" | "end" | "watch">,
  { clock = systemClock, pollMs = defaultPollMs }: { clock?: Clock; pollMs?: number } = {},
): EventReader {
  const startOf = async (cursor: string | undefined) => {
    const { log, position } = await store.end();
    if (cursor === undefined) return { log, after: position, lost: false };
    const [of, after = ""] = cursor.split(".");
    const known = of === log && whole.test(after) && Number(after) <= position;
    return { log, after: known ? Number(after) : 0, lost: !known };
  };

  const wait = async (options: WaitOptions) => {
    const { types, limit, timeoutMs, signal } = options;
    const until = monotonicNow(clock) + timeoutMs;
    const { log, after, lost } = await startOf(options.cursor);
    let from = after;
    for (;;) {
      signal?.throwIfAborted();
      const told = Promise.withResolvers<void>();
      // Before the look, so that nothing slips in between.
      const unwatch = store.watch(told.resolve);
      const timer = new AbortController();
      const stop = () => timer.abort();
      signal?.addEventListener("abort", stop, { once: true });
      try {
        const page = await store.read({ after: from, types, limit });
        const left = until - monotonicNow(clock);
        if (page.events.length > 0 || page.gap || lost || left <= 0) {
          const data = page.events.map(({ body }) => readStoredEvent(body)).filter((event) => event !== null);
          // What cannot be read is passed over and told of: nobody may be stuck before it.
          const unreadable = data.length < page.events.length;
          return { data, cursor: `${log}.${page.upTo}`, more: page.more, gap: page.gap || lost || unreadable };
        }
        from = page.upTo;
        await Promise.race([told.promise, clock.sleep(Math.min(left, pollMs), timer.signal).catch(() => {})]);
      } finally {
        unwatch();
        timer.abort();
        signal?.removeEventListener("abort", stop);
      }
    }
  };

  return { wait };
}
