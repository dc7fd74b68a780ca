/** What a delivery must be like for the Zap to run: signed, of the trigger's type, and seen for the first time. */
import { describe, expect, test } from "@jest/globals";
import type { Bundle, ZObject } from "zapier-platform-core";
import { type EventType, eventTypes, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { receiveEvent } from "../../zapier/trigger/delivery.ts";
import type { Delivered } from "../zapier/harness.ts";
import { deliver, perform, startForEachTest, zap } from "./driver.ts";

startForEachTest();

describe.each(eventTypes)("%s", (type) => {
  test.each<[string, (delivery: Delivered) => Delivered]>([
    [
      "forged",
      (delivery) => ({
        ...delivery,
        content: delivery.content.replace("whatsapp", "telegram").replace("evt_", "evt_0"),
      }),
    ],
    ["truncated", (delivery) => ({ ...delivery, content: delivery.content.slice(0, -20) })],
    ["empty", (delivery) => ({ ...delivery, content: "" })],
    [
      "unsigned",
      ({ headers: { "Http-X-Onsync-Signature": _signature, ...headers }, ...delivery }) => ({ ...delivery, headers }),
    ],
    [
      "signed for another",
      (delivery) => ({ ...delivery, headers: { ...delivery.headers, "Http-X-Onsync-Signature": "0".repeat(64) } }),
    ],
  ])("a %s delivery does not run the Zap, and leaves a line in the log", async (_name, change) => {
    const { subscription, delivery } = await deliver(type);
    expect(await perform(type, change(delivery), subscription)).toEqual([]);
    expect(zap.logs.join("\n")).toContain("Delivery dropped: ");
    // What was refused does not stand in the way of the real one.
    expect(await perform(type, delivery, subscription)).toHaveLength(1);
  });

  test("the same event again does not run the Zap again", async () => {
    const { subscription, delivery } = await deliver(type);
    expect(await perform(type, delivery, subscription)).toHaveLength(1);
    expect(await perform(type, delivery, subscription)).toEqual([]);
  });

  test.each([
    ["no secret", {}],
    ["an empty secret", { secret: "" }],
    ["a blank secret", { secret: " " }],
    ["a secret that is none", { secret: null }],
  ])("a subscription with %s takes no delivery, signed or not, and the log says what to do", async (_what, secret) => {
    const { delivery, subscription } = await deliver(type);
    const { "Http-X-Onsync-Signature": _signature, ...headers } = delivery.headers;
    expect(await perform(type, { ...delivery, headers }, { id: "wh_old", ...secret })).toEqual([]);
    expect(await perform(type, delivery, { id: "wh_old", ...secret })).toEqual([]);
    expect(zap.logs.join("\n")).toContain("turn the Zap off and on to subscribe again");
    expect(await perform(type, delivery, subscription)).toHaveLength(1);
  });

  test("a delivery of another event's type does not run the Zap", async () => {
    const { subscription, delivery } = await deliver(type);
    const other = eventTypes.find((each) => each !== type) as EventType;
    expect(await perform(other, delivery, subscription)).toEqual([]);
  });

  test("the signature is found under its own name, too, in any case", async () => {
    const { subscription, delivery } = await deliver(type);
    const signature = delivery.headers["Http-X-Onsync-Signature"] as string;
    for (const [name, id] of [
      ["X-OnSync-Signature", "a"],
      ["x-onsync-signature", "b"],
      ["HTTP-X-ONSYNC-SIGNATURE", "c"],
    ]) {
      const renamed = { ...delivery, headers: { [name as string]: `sha256=${signature.toUpperCase()}` } };
      expect(await perform(type, renamed, { ...subscription, id })).toHaveLength(1);
    }
  });
});

test("an event is remembered for a day", async () => {
  const kept: unknown[] = [];
  const cache = {
    get: async () => null,
    set: async (_key: string, _value: unknown, seconds: number) => kept.push(seconds) > 0,
  };
  const content = JSON.stringify(sampleEvent("contact.created"));
  const z = { cache, console: { log: () => undefined } } as unknown as ZObject;
  const secret = "a secret of the subscription";
  const headers = { "Http-X-Onsync-Signature": signPayload(content, secret) };
  const bundle = { subscribeData: { id: "wh_1", secret }, rawRequest: { content, headers } } as unknown as Bundle;
  expect(await receiveEvent("contact.created", z, bundle, (event) => event)).toMatchObject({ type: "contact.created" });
  expect(kept).toEqual([24 * 60 * 60]);
});

test("without Zapier's cache the Zap runs: an event too many can be told by its id", async () => {
  const { subscription, delivery } = await deliver("contact.created");
  zap.cacheOutOfReach = true;
  expect(await perform("contact.created", delivery, subscription)).toHaveLength(1);
});
