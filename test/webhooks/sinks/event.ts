import type { HandOn } from "../../../src/webhooks/sinks/sink.ts";
import { messageEvent, startOfTests } from "../../../testing/events.ts";

/** An event to hand on. */
export function handOn(id: string, key = "whatsapp:+971500000000", more: Partial<HandOn> = {}): HandOn {
  return {
    id,
    key,
    type: "message.created",
    sequence: Number(id.replace(/\D/g, "")),
    createdAt: startOfTests,
    body: JSON.stringify(messageEvent(id, key)),
    attempt: 1,
    ...more,
  };
}

export const noSignal = new AbortController().signal;
