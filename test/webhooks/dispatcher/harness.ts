/** A dispatcher for one test. */
import { type DispatcherOptions, startDispatcher } from "../../../src/webhooks/dispatcher/dispatcher.ts";
import type { HandOn, Sink } from "../../../src/webhooks/sinks/sink.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, toIncoming } from "../../../testing/events.ts";
import { VirtualClock } from "../../../testing/virtual-clock.ts";

type Handle = (event: HandOn, signal: AbortSignal) => unknown;

/** A dispatcher on a virtual clock, with a store in memory and a sink that does what the test says. */
export function startTestDispatcher(handle: Handle, options: Partial<DispatcherOptions> = {}) {
  const clock = new VirtualClock();
  const store = openSqliteStore({ file: ":memory:", clock });
  const handed: HandOn[] = [];
  const sink: Sink = {
    name: "the sink",
    async handOn(event, signal) {
      handed.push(event);
      await handle(event, signal);
    },
    async close() {},
  };
  const dispatcher = startDispatcher({ store, sink, clock, random: () => 1, retries: { attempts: 3 }, ...options });
  return {
    clock,
    store,
    handed,
    dispatcher,
    accept: (id: string, key: string) => store.accept(toIncoming(messageEvent(id, key))),
    /** Until the store says so: looked at whenever time moves. */
    until: async (done: (stats: { waiting: number; dead: number }) => boolean) => {
      while (!done(await store.stats())) await clock.sleep(100);
    },
    [Symbol.asyncDispose]: async () => {
      await dispatcher.close();
      await store.close();
    },
  };
}

/** The ids of events, or of those of one key. */
export function ids(events: readonly HandOn[], key?: string) {
  return events.filter((event) => key === undefined || event.key === key).map(({ id }) => id);
}
