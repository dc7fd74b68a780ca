/** Retries of deliveries: when, how often, and in which order. */
import { describe, expect, test } from "@jest/globals";
import { hour, start, still } from "../caller.ts";
import { receiver, sara, secondsAfterStart, url, withWebhook } from "./receiver.ts";

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
    expect(delivery?.attempts.map((attempt) => Math.round(secondsAfterStart(attempt.at)))).toEqual(at);
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

  test("advancing the clock makes the deliveries on the way at their own times and in order, across endpoints", async () => {
    const hook = receiver(500, 500, 500);
    await using api = still({ deliver: hook.deliver });
    await api.call("POST", "/v1/webhooks", { url: `${url}/1`, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: "+971500000001" });
    await api.later(10_000);
    await api.call("POST", "/v1/contacts", { phone: "+971500000002" });
    await api.later(hour);
    const at = (await api.reference.control.deliveries()).map((delivery) =>
      delivery.attempts.map((attempt) => secondsAfterStart(attempt.at)),
    );
    expect(at).toEqual([
      [0, 30, 150],
      [10, 40],
    ]);
    expect(hook.received.map(({ event }) => event.data.phone.at(-1))).toEqual(["1", "2", "1", "2", "1"]);
  });
});
