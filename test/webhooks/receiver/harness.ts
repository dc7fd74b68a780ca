/** A receiver for one test, and deliveries to it. */
import { signPayload } from "../../../src/api/signature.ts";
import { createReceiver, type ReceiverOptions } from "../../../src/webhooks/receiver/receiver.ts";
import { openSqliteStore } from "../../../src/webhooks/store/sqlite/sqlite-store.ts";
import { messageEvent, startOfTests, toIncoming } from "../../../testing/events.ts";

export const secret = "whsec_test";
export const { body } = toIncoming(messageEvent("evt_1"));

/** A receiver with a store in memory. */
export function openReceiver(options: Partial<ReceiverOptions> = {}) {
  const store = openSqliteStore({ file: ":memory:" });
  const receiver = createReceiver({ secrets: [secret], store, ...options });
  return { store, receiver, [Symbol.asyncDispose]: () => store.close() };
}

/** A delivery, signed as OnSync would sign it unless the headers say otherwise. */
export function delivery(
  text: string | Uint8Array<ArrayBuffer> = body,
  headers: Record<string, string> = {},
  method = "POST",
) {
  return new Request("http://127.0.0.1/", {
    method,
    headers: { "content-type": "application/json", "x-onsync-signature": signPayload(text, secret), ...headers },
    ...(method === "POST" && { body: text }),
  });
}

/** A clock that the test moves, on which no time limit ends by itself. */
export function createStillClock() {
  const clock = { time: startOfTests, now: () => clock.time, sleep: () => new Promise<void>(() => {}) };
  return clock;
}
