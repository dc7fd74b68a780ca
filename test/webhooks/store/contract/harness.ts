/** A store for one test, and what the tests of every engine do with it. */
import type { Event } from "../../../../src/api/index.ts";
import type { ClaimedEvent, EventStore, StoreOptions } from "../../../../src/webhooks/store/store.ts";
import { createManualClock, type ManualClock, toIncoming } from "../../../../testing/events.ts";

/** Opens a store that is empty, whatever the tests before left. */
export type OpenEmptyStore = (options: StoreOptions & { clock: ManualClock }) => Promise<EventStore>;

/** An empty store that closes with its test, and its clock. */
export async function openFresh(open: OpenEmptyStore, options: StoreOptions = {}) {
  const clock = createManualClock();
  const store = await open({ ...options, clock });
  return { clock, store, [Symbol.asyncDispose]: () => store.close() };
}

export async function acceptAll(store: EventStore, events: readonly Event[]): Promise<void> {
  for (const event of events) await store.accept(toIncoming(event));
}

/** @throws Error when nothing is due */
export async function claimOne(store: EventStore): Promise<ClaimedEvent> {
  const [claimed] = await store.take(1);
  if (!claimed) throw new Error("nothing is due");
  return claimed;
}

/** Claims and finishes until nothing is due. */
export async function drain(store: EventStore): Promise<string[]> {
  const order: string[] = [];
  for (let claimed = await store.take(10); claimed.length > 0; claimed = await store.take(10)) {
    for (const event of claimed) {
      order.push(event.id);
      await store.done(event);
    }
  }
  return order;
}

export function ids(events: readonly { id: string }[]): string[] {
  return events.map(({ id }) => id);
}
