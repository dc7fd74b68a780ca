/** Events for tests, as they arrive, and a clock that a test moves. */
import { type Event, sampleEvent } from "../src/api/index.ts";
import type { Incoming } from "../src/webhooks/store/store.ts";

export const startOfTests = Date.parse("2024-12-01T10:00:00.000Z");

/** A clock that the test moves; whoever sleeps moves it too. */
export function createManualClock() {
  const clock = {
    time: startOfTests,
    now: () => clock.time,
    sleep: async (ms: number) => {
      clock.time += ms;
    },
  };
  return clock;
}

export type ManualClock = ReturnType<typeof createManualClock>;

/** A message event of a conversation, created so many milliseconds after the start. */
export function messageEvent(id: string, conversationId = "whatsapp:+1", createdMs = 0): Event {
  return {
    ...sampleEvent("message.created"),
    id,
    createdAt: new Date(startOfTests + createdMs).toISOString(),
    data: { ...sampleEvent("message.created").data, conversationId },
  } as Event;
}

/** An event with its body, as a receiver gives it to a store. */
export function toIncoming(event: Event): Incoming {
  return { event, body: JSON.stringify(event) };
}
