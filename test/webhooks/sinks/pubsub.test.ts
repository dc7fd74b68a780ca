import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { pubSubSink } from "../../../src/webhooks/sinks/pubsub.ts";
import { SinkUnavailableError } from "../../../src/webhooks/sinks/sink.ts";
import { handOn, noSignal } from "./event.ts";
import { startFakePubSub } from "./fake-pubsub.ts";

let fake: Awaited<ReturnType<typeof startFakePubSub>>;
let sink: Awaited<ReturnType<typeof pubSubSink>>;
beforeAll(async () => {
  // The library would look for Google's metadata server on the network.
  process.env.METADATA_SERVER_DETECTION = "none";
  fake = await startFakePubSub();
  sink = await pubSubSink({ topic: "projects/shop/topics/onsync", client: fake.client });
});
afterAll(async () => {
  await sink.close();
  await fake.close();
});

describe("the Pub/Sub sink, against a fake of Pub/Sub", () => {
  test("publishes the body with the conversation as ordering key, and the event's id", async () => {
    const event = handOn("evt_1");
    await sink.handOn(event, noSignal);
    expect(fake.published.at(-1)).toEqual({
      topic: "projects/shop/topics/onsync",
      data: event.body,
      orderingKey: "whatsapp:+971500000000",
      attributes: { id: "evt_1", type: "message.created", sequence: "1" },
    });
  });

  test("goes on with a key after a failure, and with the others meanwhile", async () => {
    fake.failing.set("a", [{ code: 7, message: "permission denied" }]);
    await expect(sink.handOn(handOn("evt_2", "a"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
    await sink.handOn(handOn("evt_3", "b"), noSignal);
    await sink.handOn(handOn("evt_2", "a", { attempt: 2 }), noSignal);
    expect(fake.published.slice(-2).map(({ attributes }) => attributes.id)).toEqual(["evt_3", "evt_2"]);
  });

  test("a message that Pub/Sub will never take counts against the event", async () => {
    fake.failing.set("a", [{ code: 3, message: "too large" }]);
    await expect(sink.handOn(handOn("evt_4", "a"), noSignal)).rejects.toThrow(
      expect.objectContaining({ name: "Error", message: expect.stringContaining("too large") }),
    );
  });

  test.each([
    ["no topic of that name", 5],
    ["credentials that are over", 16],
  ])("%s is an outage", async (message, code) => {
    fake.failing.set("a", [{ code, message }]);
    await expect(sink.handOn(handOn("evt_6", "a"), noSignal)).rejects.toBeInstanceOf(SinkUnavailableError);
  });

  test("what the library tries again by itself is taken in the end", async () => {
    fake.failing.set("a", [
      { code: 8, message: "too much at once" },
      { code: 14, message: "not there" },
    ]);
    await sink.handOn(handOn("evt_6", "a"), noSignal);
    expect(fake.published.at(-1)?.attributes.id).toBe("evt_6");
  });

  test("a publish that hangs is left when told to, and its key goes on", async () => {
    fake.hanging.add("h");
    const late = new AbortController();
    const handing = sink.handOn(handOn("evt_7", "h"), late.signal);
    while (fake.hanging.size > 0) await new Promise((resolve) => setImmediate(resolve));
    late.abort();
    await expect(handing).rejects.toMatchObject({ name: "SinkUnavailableError", message: "It was not taken in time" });
    await sink.handOn(handOn("evt_8", "i"), noSignal);
  });

  test("a key that is too long is named by its hash", async () => {
    await sink.handOn(handOn("evt_5", "x".repeat(1025)), noSignal);
    expect(fake.published.at(-1)?.orderingKey).toMatch(/^[0-9a-f]{64}$/);
  });
});
