/** Webhook deliveries that are not acknowledged at once: retries, pausing, redelivering, removing the endpoint. */
import { describe, expect, test } from "@jest/globals";
import { hour, minute, start, still } from "../caller.ts";
import { hmac, receiver, sara, url, withWebhook } from "./receiver.ts";

function seconds(iso: string): number {
  return (Date.parse(iso) - start) / 1000;
}

describe("retries", () => {
  test("four attempts, 30 s, 120 s and 480 s apart, the same bytes and id; then the delivery is failed", async () => {
    const hook = receiver(500, 404, new Error("connect ECONNREFUSED"), 503);
    await using api = await withWebhook(hook, ["contact.created"]);
    const { control } = api.reference;
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    const [waiting] = await control.deliveries();
    expect(waiting).toMatchObject({ status: "pending", nextAttemptAt: new Date(start + 30_000).toISOString() });
    expect(await api.stats()).toMatchObject({ pending: 1, failed: 0, retried: 0, lastStatusCode: 500 });

    await api.later(29_999);
    expect(hook.received).toHaveLength(1);
    await api.later(1);
    expect(hook.received).toHaveLength(2);
    await api.later(10 * hour);
    expect(hook.received.map(({ headers }) => headers["X-OnSync-Attempt"])).toEqual(["1", "2", "3", "4"]);
    expect(new Set(hook.received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(hook.received.map(({ headers }) => headers["X-OnSync-Delivery"])).size).toBe(1);

    const [delivery] = await control.deliveries({ webhookId: api.webhook.id });
    expect(delivery).toEqual({
      id: expect.stringMatching(/^dlv_/),
      eventId: hook.received[0]?.event.id,
      eventType: "contact.created",
      webhookId: api.webhook.id,
      status: "failed",
      createdAt: new Date(start).toISOString(),
      attempts: [
        expect.objectContaining({ at: new Date(start).toISOString(), statusCode: 500 }),
        expect.objectContaining({ at: new Date(start + 30_000).toISOString(), statusCode: 404 }),
        expect.objectContaining({ at: new Date(start + 150_000).toISOString(), error: "connect ECONNREFUSED" }),
        expect.objectContaining({ at: new Date(start + 630_000).toISOString(), statusCode: 503 }),
      ],
    });
    expect(delivery?.attempts[2]).not.toHaveProperty("statusCode");
    expect(await api.stats()).toEqual({
      delivered: 0,
      failed: 1,
      pending: 0,
      retried: 3,
      lastDeliveryAt: new Date(start + 630_000).toISOString(),
      lastStatusCode: 503,
    });
  });

  test.each([
    [0, [0, 24, 120, 504]],
    [0.999_999, [0, 36, 180, 756]],
  ])("jitter is a fifth either way (random %d)", async (random, at) => {
    const hook = receiver(500, 500, 500, 500);
    await using api = still({ deliver: hook.deliver, random: () => random });
    await api.call("POST", "/v1/webhooks", { url, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.later(hour);
    const [delivery] = await api.reference.control.deliveries();
    expect(delivery?.attempts.map((attempt) => Math.round(seconds(attempt.at)))).toEqual(at);
  });

  test("2xx acknowledges, whichever it is; the second attempt counts as delivered and retried", async () => {
    const hook = receiver(500, 204);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.later(hour);
    expect(hook.received).toHaveLength(2);
    expect(await api.stats()).toEqual({
      delivered: 1,
      failed: 0,
      pending: 0,
      retried: 1,
      lastDeliveryAt: new Date(start + 30_000).toISOString(),
      lastStatusCode: 204,
    });
  });

  test("a redirect is an answer that is no acknowledgement", async () => {
    const hook = receiver(302, 301, 307, 308);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.later(hour);
    const [delivery] = await api.reference.control.deliveries();
    expect(delivery?.status).toBe("failed");
    for (const attempt of delivery?.attempts ?? []) expect(attempt.error).toMatch(/redirects are not followed/);
  });

  test("one delivery that waits does not hold up the next", async () => {
    const hook = receiver(500);
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: "+971500000001" });
    await api.call("POST", "/v1/contacts", { phone: "+971500000002" });
    await api.reference.settled();
    expect(await api.stats()).toMatchObject({ delivered: 1, pending: 1 });
    await api.later(hour);
    expect(await api.stats()).toMatchObject({ delivered: 2, pending: 0, retried: 1 });
    expect(hook.received.map(({ event }) => event.data.phone)).toEqual([
      "+971500000001",
      "+971500000002",
      "+971500000001",
    ]);
  });

  test("what falls due on the way is met in its own time and order, across endpoints", async () => {
    const hook = receiver(500, 500, 500);
    await using api = still({ deliver: hook.deliver });
    await api.call("POST", "/v1/webhooks", { url: `${url}/1`, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: "+971500000001" });
    await api.later(10_000);
    await api.call("POST", "/v1/contacts", { phone: "+971500000002" });
    await api.later(hour);
    const at = (await api.reference.control.deliveries()).map((delivery) =>
      delivery.attempts.map((attempt) => seconds(attempt.at)),
    );
    expect(at).toEqual([
      [0, 30, 150],
      [10, 40],
    ]);
    expect(hook.received.map(({ event }) => event.data.phone.at(-1))).toEqual(["1", "2", "1", "2", "1"]);
  });
});

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
    expect(again.attempts.map((attempt) => seconds(attempt.at))).toEqual([0, 60]);
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
