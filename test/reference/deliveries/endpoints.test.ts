/** What becomes of deliveries when their endpoint is paused or removed, and when one is made again. */
import { describe, expect, test } from "@jest/globals";
import { hour, minute, start, still } from "../caller.ts";
import { hmac, receiver, sara, secondsAfterStart, url, withWebhook } from "./receiver.ts";

describe("pausing", () => {
  test("a paused endpoint queues; resuming delivers oldest first, with the same secret", async () => {
    const hook = receiver(500);
    await using api = await withWebhook(hook, ["contact.created"]);
    const { control } = api.reference;
    await api.call("POST", "/v1/contacts", { phone: "+971500000000" });
    await api.reference.settled();
    expect(await control.pauseWebhook(api.webhook.id)).toMatchObject({ id: api.webhook.id, status: "paused" });
    for (let count = 1; count <= 5; count += 1) {
      await api.later(minute);
      await api.call("POST", "/v1/contacts", { phone: `+97150000000${count}` });
    }
    expect(hook.received).toHaveLength(1);
    expect((await api.call("GET", "/v1/webhooks")).body.data[0]).toMatchObject({
      status: "paused",
      stats: { pending: 6, delivered: 0 },
    });

    expect(await control.resumeWebhook(api.webhook.id)).toMatchObject({ status: "active" });
    await api.reference.settled();
    expect(hook.received.slice(1).map(({ event }) => event.data.phone.at(-1))).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(hook.received[1]?.headers["X-OnSync-Attempt"]).toBe("2");
    for (const { headers, body } of hook.received) expect(headers["X-OnSync-Signature"]).toBe(hmac(body, "shh"));
    expect(await api.stats()).toMatchObject({ pending: 0, delivered: 6 });
  });

  test("what waits for its retry keeps waiting after resuming", async () => {
    const hook = receiver(500);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    await api.reference.control.pauseWebhook(api.webhook.id);
    await api.later(10_000);
    await api.reference.control.resumeWebhook(api.webhook.id);
    await api.reference.settled();
    expect(hook.received).toHaveLength(1);
    await api.later(20_000);
    expect(hook.received).toHaveLength(2);
  });
});

describe("redelivering", () => {
  test("sends the same bytes again, and the counts follow", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    const [{ id } = { id: "" }] = await api.reference.control.deliveries();
    await api.later(minute);
    const again = await api.reference.control.redeliver(id);
    expect(again.status).toBe("delivered");
    expect(again.attempts.map((attempt) => secondsAfterStart(attempt.at))).toEqual([0, 60]);
    expect(hook.received).toHaveLength(2);
    expect(hook.received[1]?.body).toBe(hook.received[0]?.body);
    expect(await api.stats()).toMatchObject({ delivered: 1, pending: 0, failed: 0 });
  });

  test("a failed delivery gets a new round of four attempts", async () => {
    const hook = receiver(500, 500, 500, 500, 500);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.later(hour);
    expect(await api.stats()).toMatchObject({ failed: 1, pending: 0 });
    const [{ id } = { id: "" }] = await api.reference.control.deliveries();
    const again = await api.reference.control.redeliver(id);
    expect(again).toMatchObject({ status: "pending", nextAttemptAt: new Date(start + hour + 30_000).toISOString() });
    expect(await api.stats()).toMatchObject({ failed: 0, pending: 1 });
    await api.later(minute);
    expect(await api.stats()).toMatchObject({ failed: 0, pending: 0, delivered: 1 });
    expect(hook.received.map(({ headers }) => headers["X-OnSync-Attempt"])).toEqual(["1", "2", "3", "4", "1", "2"]);
  });

  test("a delivery that waits is tried at once, in the round it is in", async () => {
    const hook = receiver(500, 500);
    await using api = await withWebhook(hook, ["contact.created"]);
    const { control } = api.reference;
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    const [{ id } = { id: "" }] = await control.deliveries();
    await control.redeliver(id);
    expect(hook.received.map(({ headers }) => headers["X-OnSync-Attempt"])).toEqual(["1", "2"]);
  });

  test("a delivery of a paused endpoint waits until it is resumed", async () => {
    const hook = receiver(500, 500);
    await using api = await withWebhook(hook, ["contact.created"]);
    const { control } = api.reference;
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    const [{ id } = { id: "" }] = await control.deliveries();
    await control.redeliver(id);
    await control.pauseWebhook(api.webhook.id);
    expect((await control.redeliver(id)).status).toBe("pending");
    expect(hook.received).toHaveLength(2);
  });

  test("an unknown delivery is not found", async () => {
    await using api = await withWebhook(receiver(), ["contact.created"]);
    await expect(api.reference.control.redeliver("dlv_none")).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("removing an endpoint", () => {
  test("deliveries that wait are dropped with the endpoint", async () => {
    const hook = receiver(500);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: "+971500000001" });
    await api.reference.settled();
    await api.call("DELETE", `/v1/webhooks/${api.webhook.id}`);
    await api.call("POST", "/v1/contacts", { phone: "+971500000002" });
    await api.later(hour);
    expect(hook.received).toHaveLength(1);
    expect(await api.reference.control.deliveries()).toEqual([]);
  });

  test("a delivery under way is forgotten when its endpoint is removed", async () => {
    let answer = (_answer: { status: number }): void => {};
    await using api = still({ deliver: () => new Promise((resolve) => (answer = resolve)) });
    const { body: webhook } = await api.call("POST", "/v1/webhooks", { url, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.call("DELETE", `/v1/webhooks/${webhook.id}`);
    answer({ status: 500 });
    await api.reference.settled();
    expect(await api.reference.control.deliveries()).toEqual([]);
  });
});
