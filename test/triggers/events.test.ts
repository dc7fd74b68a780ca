/** The instant triggers, as Zapier drives them: subscribe, real deliveries, perform, unsubscribe. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Bundle, ZObject } from "zapier-platform-core";
import App from "../../index.ts";
import { type EventType, eventTypes, sampleEvent } from "../../src/api/index.ts";
import { signPayload } from "../../src/api/signature.ts";
import { receiveEvent } from "../../zapier/trigger/delivery.ts";
import { toTriggerKey } from "../../zapier/trigger/hook-trigger.ts";
import { type Delivered, type Row, startHook, startZap, type Zap } from "../zapier/harness.ts";

let zap: Zap;
let hook: Awaited<ReturnType<typeof startHook>>;
beforeEach(async () => {
  zap = await startZap();
  hook = await startHook();
});
afterEach(async () => {
  await zap.close();
  await hook.close();
});

type Subscription = { id: string; secret: string };

function method(type: EventType, name: string) {
  return `triggers.${toTriggerKey(type)}.operation.${name}`;
}

function subscribe(type: EventType, inputData: Row = {}, targetUrl = hook.url) {
  return zap.run<Subscription>(method(type, "performSubscribe"), { inputData, targetUrl });
}

function unsubscribe(type: EventType, subscribeData: Row) {
  return zap.run<Row>(method(type, "performUnsubscribe"), { subscribeData });
}

function perform(type: EventType, rawRequest: Delivered, subscribeData: Row, inputData: Row = {}) {
  return zap.run(method(type, "perform"), { rawRequest, subscribeData, inputData });
}

function list(type: EventType, inputData: Row = {}) {
  return zap.run(method(type, "performList"), { inputData });
}

function operationOf(type: EventType) {
  return (App.triggers as unknown as Record<string, { operation: { sample: Row } }>)[toTriggerKey(type)]?.operation as {
    sample: Row;
  };
}

const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

function inbound(content = "Hi, can you confirm my order?") {
  return zap.reference.control.inbound({ platform: "whatsapp", from: phone, content, name: "Sara Hussein" });
}

/** Makes the event happen, and returns what the record must say. */
const provoke: Record<EventType, () => Promise<Row>> = {
  "message.created": async () => {
    const { id } = await inbound();
    return {
      id,
      content: "Hi, can you confirm my order?",
      direction: "inbound",
      customerAddress: phone,
      conversationId,
    };
  },
  "message.updated": async () => {
    await inbound();
    const { id } = await zap.create("send_message", { platform: "whatsapp", to: phone, content: "Yes!" });
    await zap.reference.control.setMessageStatus(String(id), { status: "failed", failureReason: "blocked" });
    return { id, content: "Yes!", direction: "outbound", status: "failed", failureReason: "blocked" };
  },
  "conversation.assigned": async () => {
    await inbound();
    return { id: conversationId, platform: "whatsapp", status: "assigned", assigneeName: expect.any(String) };
  },
  "conversation.resolved": async () => {
    await inbound();
    await zap.reference.control.resolve(conversationId);
    return { id: conversationId, status: "resolved", resolvedAt: expect.stringMatching(/^\d{4}-.+Z$/) };
  },
  "contact.created": async () => {
    const { id } = await zap.create("save_contact", {
      phone,
      firstName: "Sara",
      externalId: "crm_8740",
      properties: { vip: "yes" },
    });
    return { id, name: "Sara", phone, externalId: "crm_8740", properties: { vip: "yes" }, tags: [] };
  },
  "contact.updated": async () => {
    const { id } = await zap.create("save_contact", { phone, firstName: "Sara" });
    await zap.create("update_contact", { contactId: id, lastName: "Hussein" });
    return { id, name: "Sara Hussein", changedFields: expect.any(Array) };
  },
};

/** Subscribes, makes the event happen, and gives the one delivery of it. */
async function deliver(type: EventType, inputData: Row = {}) {
  const subscription = await subscribe(type, inputData);
  hook.deliveries.length = 0;
  const expected = await provoke[type]();
  await zap.reference.settled();
  expect(hook.deliveries).toHaveLength(1);
  return { subscription, expected, delivery: hook.deliveries[0] as Delivered };
}

describe.each(eventTypes)("%s", (type) => {
  const sample = () => operationOf(type).sample;

  test("subscribe, a real delivery, unsubscribe", async () => {
    const { subscription, expected, delivery } = await deliver(type);
    expect(subscription).toEqual({
      id: expect.stringMatching(/^wh_/),
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(Object.keys(delivery.headers)).toContain("Http-X-Onsync-Signature");

    const [result, ...more] = await perform(type, delivery, subscription);
    expect(more).toEqual([]);
    expect(result).toMatchObject({ ...expected, eventId: JSON.parse(delivery.content).id });
    expect(Object.keys(result as Row)).toEqual(Object.keys(sample()));

    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    hook.deliveries.length = 0;
    await inbound("After it was unsubscribed");
    await zap.reference.settled();
    expect(hook.deliveries).toEqual([]);
  });

  test("the list has real data with the keys of a live result; without it, the sample", async () => {
    expect(await list(type)).toEqual([sample()]);
    const expected = await provoke[type]();
    const recent = await list(type);
    expect(recent).toContainEqual(expect.objectContaining({ id: expected.id, eventId: null }));
    for (const item of recent) expect(Object.keys(item)).toEqual(Object.keys(sample()));
    expect(new Set(recent.map(({ id }) => id)).size).toBe(recent.length);
  });

  test("without the extensions, or the permission to list, a Zap is set up with the sample", async () => {
    const plain = await startZap({ extensions: false });
    expect(await plain.run(method(type, "performList"))).toEqual([sample()]);
    await plain.close();
    const { key } = await zap.reference.control.createKey({ scopes: ["write:webhooks"] });
    const authData = { api_key: key, base_url: zap.url };
    expect(await zap.run(method(type, "performList"), { authData })).toEqual([sample()]);
  });

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

  test("two Zaps on one event both run", async () => {
    const first = await subscribe(type);
    const second = await subscribe(type, {}, `${hook.url}other/`);
    hook.deliveries.length = 0;
    await provoke[type]();
    await zap.reference.settled();
    const [one, other] = hook.deliveries as [Delivered, Delivered];
    const results = await Promise.all(
      [first, second].flatMap((subscription) => [one, other].map((delivery) => perform(type, delivery, subscription))),
    );
    expect(results.map(({ length }) => length).sort()).toEqual([0, 0, 1, 1]);
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

  test("an event of another type is dropped", async () => {
    const { subscription, delivery } = await deliver(type);
    const other = eventTypes.find((each) => each !== type) as EventType;
    expect(await perform(other, delivery, subscription)).toEqual([]);
  });

  test("headers under their own names, in any case, will do", async () => {
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

  test("what is gone already is unsubscribed", async () => {
    const subscription = await subscribe(type);
    await unsubscribe(type, subscription);
    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    await zap.reference.control.faults.add({ method: "DELETE", status: 410, path: "/v1/webhooks/*" });
    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    expect(await unsubscribe(type, {})).toEqual({ deleted: true });
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
  expect(await receiveEvent("contact.created", z, bundle, () => true)).toMatchObject({ type: "contact.created" });
  expect(kept).toEqual([24 * 60 * 60]);
});

describe("a subscription", () => {
  test("is not made twice when the answer to the first is lost", async () => {
    await zap.reference.control.faults.add({ method: "POST", path: "/v1/webhooks", kind: "drop_response", times: 1 });
    const subscription = await subscribe("contact.created");
    expect(subscription.secret).toMatch(/^[0-9a-f]{64}$/);
    await zap.create("save_contact", { phone });
    await zap.reference.settled();
    expect(hook.deliveries).toHaveLength(1);
    expect(await perform("contact.created", hook.deliveries[0] as Delivered, subscription)).toHaveLength(1);
  });

  test("that a key may not make says what to grant, without the secret", async () => {
    const { key } = await zap.reference.control.createKey({ scopes: ["read:contacts"] });
    const shown = await zap.failure(method("contact.created", "performSubscribe"), {
      authData: { api_key: key, base_url: zap.url },
      targetUrl: hook.url,
    });
    expect(shown.text).toContain("grant it write:webhooks");
    expect(zap.logs.join("\n")).not.toMatch(/[0-9a-f]{64}/);
  });

  test("runs without Zapier's cache: an event too many can be told by its id", async () => {
    const { subscription, delivery } = await deliver("contact.created");
    zap.cacheOutOfReach = true;
    expect(await perform("contact.created", delivery, subscription)).toHaveLength(1);
  });
});
