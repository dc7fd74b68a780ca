/** What whoever counts deliveries is told of each. */
import { expect, test } from "@jest/globals";
import { maxBodyBytes } from "../../../src/api/index.ts";
import { type DeliveryEvent, refusalReasons } from "../../../src/webhooks/receiver/delivery.ts";
import { createReceiver, type ReceiverOptions } from "../../../src/webhooks/receiver/receiver.ts";
import { EventConflictError } from "../../../src/webhooks/store/store.ts";
import { body, createStillClock, delivery, openReceiver, secret } from "./harness.ts";

/** What one delivery is told as. */
async function tell(request: Request, options: Partial<ReceiverOptions> = {}): Promise<DeliveryEvent[]> {
  const told: DeliveryEvent[] = [];
  await using at = openReceiver({ clock: createStillClock(), onDelivery: (event) => told.push(event), ...options });
  await at.receiver.fetch(request);
  return told;
}

const breaking = () =>
  new Request("http://127.0.0.1/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: new ReadableStream({ start: (controller) => controller.error(new Error("gone")) }),
    duplex: "half",
  } as RequestInit);
const throwing = (error: Error) => ({ store: { accept: () => Promise.reject(error) } });
const unsigned = { "x-onsync-signature": "00" };

const refusals: [string, number, () => Request, Partial<ReceiverOptions>][] = [
  ["not_post", 405, () => delivery("", {}, "GET"), {}],
  ["not_json", 415, () => delivery(body, { "content-type": "text/plain" }), {}],
  ["too_large", 413, () => delivery(" ".repeat(maxBodyBytes + 1)), {}],
  ["too_slow", 408, () => delivery(), { clock: { now: () => 0, sleep: async () => {} } }],
  ["broken_off", 400, breaking, {}],
  ["signature", 401, () => delivery(body, unsigned), {}],
  ["malformed", 400, () => delivery("{}"), {}],
  ["too_old", 422, () => delivery(), { maxAgeMs: 1, clock: { ...createStillClock(), now: Date.now } }],
  ["conflict", 409, () => delivery(), throwing(new EventConflictError())],
  ["no_secret", 503, () => delivery(), { secrets: { current: () => [] } }],
  ["overload", 503, () => delivery(), { maxBytesUnderWay: 10 }],
  ["store", 503, () => delivery(), throwing(new Error("the disk is full"))],
  ["internal", 500, () => delivery(), { secrets: { current: () => [5 as unknown as string] } }],
];

test.each(refusals)("a delivery that is refused is told by its reason: %s", async (outcome, status, make, options) => {
  expect(await tell(make(), options)).toEqual([{ outcome, status, durationMs: expect.any(Number) }]);
});

test("there is a test for each reason", () => {
  expect(refusals.map(([reason]) => reason)).toEqual([...refusalReasons]);
});

test("what is kept is told as new, and what comes again as a repeat; how long it took is told", async () => {
  const told: DeliveryEvent[] = [];
  const clock = createStillClock();
  await using at = openReceiver({
    clock,
    onDelivery: (event) => told.push(event),
    secrets: { current: () => [secret] },
  });
  const { accept } = at.store;
  at.store.accept = (incoming) => {
    clock.time += 25;
    return accept(incoming);
  };
  for (const _time of [1, 2]) await at.receiver.fetch(delivery());
  expect(told).toEqual([
    { outcome: "new", status: 200, durationMs: 25 },
    { outcome: "repeat", status: 200, durationMs: 25 },
  ]);
});

test("who counts may throw: the delivery is answered all the same", async () => {
  const receiver = createReceiver({
    secrets: [secret],
    store: { accept: async () => true },
    onDelivery: () => {
      throw new Error("in onDelivery");
    },
  });
  expect((await receiver.fetch(delivery())).status).toBe(200);
});
