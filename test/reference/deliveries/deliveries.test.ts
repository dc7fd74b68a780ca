/** Webhook deliveries: which events there are, in which order, and what an attempt sends. */
import { describe, expect, jest, test } from "@jest/globals";
import { eventSchema } from "../../../src/api/index.ts";
import { type Body, start, still } from "../caller.ts";
import { hmac, receiver, sara, url, withWebhook } from "./receiver.ts";

const text = { platform: "whatsapp", to: sara, messageType: "text", content: "Hello" };

describe("the events", () => {
  test("a first inbound message: the contact, the message, the assignment, in this order", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook);
    const message = await api.inbound();
    await api.reference.settled();
    expect(hook.types()).toEqual(["contact.created", "message.created", "conversation.assigned"]);
    const [contact, created, assigned] = hook.received.map(({ event }) => event);
    expect(created.data).toEqual(message);
    expect(assigned.data).toMatchObject({ id: `whatsapp:${sara}`, contactId: contact.data.id, status: "assigned" });
    const {
      requestId: _id,
      timestamp: _at,
      activity: _activity,
      ...read
    } = (await api.call("GET", `/v1/contacts/${contact.data.id}`)).body;
    expect(contact.data).toEqual(read);
  });

  test("every type of event is emitted, with the payload of its schema", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook);
    const { control } = api.reference;
    const { body: contact } = await api.call("POST", "/v1/contacts", { phone: sara });
    await api.call("PATCH", `/v1/contacts/${contact.id}`, { tags: ["a"] });
    await api.inbound();
    const { body: message } = await api.call("POST", "/v1/messaging/send", text);
    await control.setMessageStatus(message.id, { status: "failed", failureReason: "blocked" });
    await control.assign(`whatsapp:${sara}`, "Layla Haddad");
    await control.resolve(`whatsapp:${sara}`);
    await api.reference.settled();
    expect(hook.types()).toEqual([
      "contact.created",
      "contact.updated",
      "message.created",
      "conversation.assigned",
      "message.created",
      "message.updated",
      "conversation.assigned",
      "conversation.resolved",
    ]);
    for (const { event } of hook.received) {
      expect(eventSchema(event.type).parse(event)).toEqual(event);
      expect(Object.keys(event)).toEqual(["id", "type", "orgId", "createdAt", "data"]);
      expect(event.id).toMatch(/^evt_/);
      expect(event.orgId).toBe(api.reference.orgId);
    }
    const data = (type: string): Body => hook.received.findLast(({ event }) => event.type === type)?.event.data;
    expect(data("message.updated")).toMatchObject({ id: message.id, status: "failed", failureReason: "blocked" });
    expect(data("conversation.assigned").assignee.name).toBe("Layla Haddad");
    expect(data("conversation.resolved")).toMatchObject({
      status: "resolved",
      resolvedAt: new Date(start).toISOString(),
    });
    expect(data("contact.updated").tags).toEqual(["a"]);
  });

  test("nothing is emitted where nothing changed, or where the request failed", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook);
    const { control } = api.reference;
    await api.inbound();
    const { body: message } = await api.call("POST", "/v1/messaging/send", text);
    await control.setMessageStatus(message.id, { status: "sent" });
    await control.resolve(`whatsapp:${sara}`);
    await api.reference.settled();
    hook.received.length = 0;

    await api.call("POST", "/v1/contacts", { phone: sara });
    await control.setMessageStatus(message.id, { status: "sent" });
    await control.resolve(`whatsapp:${sara}`);
    await api.call("POST", "/v1/messaging/send", { ...text, to: "+10000000" });
    await api.call("POST", "/v1/contacts", { phone: "no" });
    await expect(control.setMessageStatus(message.id, { status: "queued" })).rejects.toThrow();
    await api.reference.settled();
    expect(hook.types()).toEqual([]);
  });

  test("an inbound message that reopens a conversation assigns it to nobody anew", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook);
    await api.inbound();
    await api.reference.control.resolve(`whatsapp:${sara}`);
    await api.reference.settled();
    hook.received.length = 0;
    await api.inbound("Again");
    await api.reference.settled();
    expect(hook.types()).toEqual(["message.created"]);
  });

  test("an endpoint is sent what it asked for, of its own org", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook, ["conversation.resolved", "contact.created"]);
    const other = await api.reference.control.createOrg({ name: "Other" });
    const { key } = await api.reference.control.createKey({ orgId: other.id });
    await api.call("POST", "/v1/webhooks", { url: `${url}/other`, events: ["contact.created"] }, { key });
    await api.inbound();
    await api.call("POST", "/v1/contacts", { phone: "+971500000009" }, { key });
    await api.reference.settled();
    expect(hook.received.map(({ url, event }) => [url, event.type, event.orgId])).toEqual([
      [url, "contact.created", api.reference.orgId],
      [`${url}/other`, "contact.created", other.id],
    ]);
  });
});

describe("an attempt", () => {
  test("carries the signature of its raw body and the headers of the contract", async () => {
    const hook = receiver();
    await using api = await withWebhook(hook, ["contact.created"]);
    await api.call("POST", "/v1/contacts", { phone: sara, firstName: "Zoë 😀" });
    await api.reference.settled();
    const [{ headers, body, event }] = hook.received as [(typeof hook.received)[0]];
    expect(headers).toMatchObject({
      "Content-Type": "application/json",
      "X-OnSync-Signature": hmac(body, "shh"),
      "X-OnSync-Event": "contact.created",
      "X-OnSync-Delivery": event.id,
      "X-OnSync-Attempt": "1",
    });
  });

  test("a secret that OnSync made signs too", async () => {
    const hook = receiver();
    await using api = still({ deliver: hook.deliver });
    const { body: webhook } = await api.call("POST", "/v1/webhooks", { url, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    const [{ headers, body }] = hook.received as [(typeof hook.received)[0]];
    expect(headers["X-OnSync-Signature"]).toBe(hmac(body, webhook.secret));
  });
});

describe("the time limit", () => {
  test("an endpoint that does not answer within 10 s has not acknowledged", async () => {
    jest.useFakeTimers({ doNotFake: ["performance", "nextTick", "queueMicrotask", "setImmediate"] });
    try {
      let aborted: unknown;
      await using api = still({
        deliver: ({ signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener("abort", () => {
              aborted = signal.reason;
              reject(signal.reason);
            });
          }),
      });
      await api.call("POST", "/v1/webhooks", { url, events: ["contact.created"] });
      await api.call("POST", "/v1/contacts", { phone: sara });
      await jest.advanceTimersByTimeAsync(9999);
      expect(aborted).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      await api.reference.settled();
      const [delivery] = await api.reference.control.deliveries();
      expect(delivery?.attempts).toEqual([expect.objectContaining({ error: "no answer within 10 s" })]);
      expect(delivery?.status).toBe("pending");
    } finally {
      jest.useRealTimers();
    }
  });
});

test("many endpoints are served at once, but never too many, and each one in order", async () => {
  let running = 0;
  let most = 0;
  const order: string[] = [];
  await using api = still({
    deliver: async ({ url, body }) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      order.push(`${new URL(url).pathname} ${JSON.parse(body).data.phone.at(-1)}`);
      running -= 1;
      return { status: 200 };
    },
  });
  for (let count = 0; count < 40; count += 1) {
    await api.call("POST", "/v1/webhooks", { url: `https://example.com/${count}`, events: ["contact.created"] });
  }
  for (let count = 0; count < 3; count += 1) await api.call("POST", "/v1/contacts", { phone: `+97150000000${count}` });
  await api.reference.settled();
  expect(order).toHaveLength(120);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(16);
  for (let count = 0; count < 40; count += 1) {
    expect(order.filter((each) => each.startsWith(`/${count} `))).toEqual([0, 1, 2].map((n) => `/${count} ${n}`));
  }
});

test("with a running clock a delivery is made by a timer when it falls due", async () => {
  jest.useFakeTimers({ doNotFake: ["performance", "nextTick", "queueMicrotask", "setImmediate"], now: start });
  const hook = receiver(500);
  const api = still({ deliver: hook.deliver, clock: Date.now });
  try {
    await api.call("POST", "/v1/webhooks", { url, events: ["contact.created"] });
    await api.call("POST", "/v1/contacts", { phone: sara });
    await api.reference.settled();
    await jest.advanceTimersByTimeAsync(29_999);
    expect(hook.received).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(hook.received).toHaveLength(2);
  } finally {
    await api.reference.close();
    jest.useRealTimers();
  }
});
