/** Drives the instant triggers as Zapier does: subscribe, real deliveries, perform, unsubscribe. */
import { afterEach, beforeEach, expect } from "@jest/globals";
import App from "../../index.ts";
import type { EventType } from "../../src/api/index.ts";
import { toTriggerKey } from "../../zapier/trigger/hook-trigger.ts";
import { type Delivered, type Row, startHook, startZap, type Zap } from "../zapier/harness.ts";

/** The app of the test that runs. */
export let zap: Zap;
/** Where Zapier takes the deliveries of that test. */
export let hook: Awaited<ReturnType<typeof startHook>>;

/** To be called once in a file: each of its tests gets an app and a hook of its own. */
export function startForEachTest(): void {
  beforeEach(async () => {
    zap = await startZap();
    hook = await startHook();
  });
  afterEach(async () => {
    await zap.close();
    await hook.close();
  });
}

type Subscription = { id: string; secret: string };

export function method(type: EventType, name: string) {
  return `triggers.${toTriggerKey(type)}.operation.${name}`;
}

export function subscribe(type: EventType, inputData: Row = {}, targetUrl = hook.url) {
  return zap.run<Subscription>(method(type, "performSubscribe"), { inputData, targetUrl });
}

export function unsubscribe(type: EventType, subscribeData: Row) {
  return zap.run<Row>(method(type, "performUnsubscribe"), { subscribeData });
}

export function perform(type: EventType, rawRequest: Delivered, subscribeData: Row, inputData: Row = {}) {
  return zap.run(method(type, "perform"), { rawRequest, subscribeData, inputData });
}

export function listRecent(type: EventType, inputData: Row = {}) {
  return zap.run(method(type, "performList"), { inputData });
}

export function getSample(type: EventType): Row {
  const triggers = App.triggers as unknown as Record<string, { operation: { sample: Row } }>;
  return triggers[toTriggerKey(type)]?.operation.sample as Row;
}

export const phone = "+971500000000";
const conversationId = `whatsapp:${phone}`;

export function inbound(content = "Hi, can you confirm my order?") {
  return zap.reference.control.inbound({ platform: "whatsapp", from: phone, content, name: "Sara Hussein" });
}

/** A person's change in OnSync, which is no step of a Zap. */
export async function changeContact(contactId: unknown, fields: Row): Promise<void> {
  const response = await fetch(`${zap.url}/contacts/${contactId}`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${zap.reference.key}`, "content-type": "application/json" },
    body: JSON.stringify(fields),
  });
  expect(response.status).toBe(200);
}

/** Makes the event happen, and returns what the record must say. */
export const provoke: Record<EventType, () => Promise<Row>> = {
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
    await changeContact(id, { lastName: "Hussein" });
    return { id, name: "Sara Hussein", changedFields: expect.any(Array) };
  },
};

/** Subscribes, makes the event happen, and gives the one delivery of it. */
export async function deliver(type: EventType, inputData: Row = {}) {
  const subscription = await subscribe(type, inputData);
  hook.deliveries.length = 0;
  const expected = await provoke[type]();
  await zap.reference.settled();
  expect(hook.deliveries).toHaveLength(1);
  return { subscription, expected, delivery: hook.deliveries[0] as Delivered };
}
