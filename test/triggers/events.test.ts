/** The instant triggers, as Zapier drives them: subscribe, real deliveries, perform, unsubscribe. */
import { describe, expect, test } from "@jest/globals";
import { eventTypes } from "../../src/api/index.ts";
import { type Delivered, type Row, startZap } from "../zapier/harness.ts";
import { countRequests } from "../zapier/requests.ts";
import {
  deliver,
  getSample,
  hook,
  inbound,
  listRecent,
  method,
  perform,
  phone,
  provoke,
  startForEachTest,
  subscribe,
  unsubscribe,
  zap,
} from "./driver.ts";

startForEachTest();

describe.each(eventTypes)("%s", (type) => {
  test("subscribes, runs on a real delivery, and unsubscribes", async () => {
    const { subscription, expected, delivery } = await deliver(type);
    expect(subscription).toEqual({
      id: expect.stringMatching(/^wh_/),
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(Object.keys(delivery.headers)).toContain("Http-X-Onsync-Signature");

    const [result, ...more] = await perform(type, delivery, subscription);
    expect(more).toEqual([]);
    expect(result).toMatchObject({ ...expected, eventId: JSON.parse(delivery.content).id });
    expect(Object.keys(result as Row)).toEqual(Object.keys(getSample(type)));

    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    hook.deliveries.length = 0;
    await inbound("After it was unsubscribed");
    await zap.reference.settled();
    expect(hook.deliveries).toEqual([]);
  });

  test("the list has real data with the keys of a live result; without it, the sample", async () => {
    expect(await listRecent(type)).toEqual([getSample(type)]);
    const expected = await provoke[type]();
    const recent = await listRecent(type);
    expect(recent).toContainEqual(expect.objectContaining({ id: expected.id, eventId: null }));
    for (const item of recent) expect(Object.keys(item)).toEqual(Object.keys(getSample(type)));
    expect(new Set(recent.map(({ id }) => id)).size).toBe(recent.length);
  });

  test("without the extensions, or the permission to list, a Zap is set up with the sample", async () => {
    const plain = await startZap({ extensions: false });
    expect(await plain.run(method(type, "performList"))).toEqual([getSample(type)]);
    await plain.close();
    const { key } = await zap.reference.control.createKey({ scopes: ["write:webhooks"] });
    const authData = { api_key: key, base_url: zap.url };
    expect(await zap.run(method(type, "performList"), { authData })).toEqual([getSample(type)]);
  });

  test("the list costs three requests at most", async () => {
    for (let each = 0; each < 6; each++) {
      await zap.reference.control.inbound({ platform: "telegram", from: `customer-${each}`, content: "Hi" });
      await zap.create("send_message", { platform: "telegram", to: `customer-${each}`, content: "Hello" });
    }
    expect(await countRequests(zap, () => listRecent(type))).toBeLessThanOrEqual(3);
  });

  test("two Zaps on one event both run, once each", async () => {
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

  test("unsubscribing what is gone already succeeds", async () => {
    const subscription = await subscribe(type);
    await unsubscribe(type, subscription);
    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    await zap.reference.control.faults.add({ method: "DELETE", status: 410, path: "/v1/webhooks/*" });
    expect(await unsubscribe(type, subscription)).toEqual({ id: subscription.id, deleted: true });
    expect(await unsubscribe(type, {})).toEqual({ deleted: true });
  });
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
});
