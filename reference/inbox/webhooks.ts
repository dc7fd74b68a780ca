/** Webhook endpoints: registered, listed, changed, tried, removed. */
import { randomBytes } from "node:crypto";
import type * as z from "zod";
import { type EventType, sampleEvent, type WebhookInput } from "../../src/api/index.ts";
import { toIso, toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { notFound } from "../http/answers.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import { enqueueFor } from "./events.ts";

function toWebhookBody(webhook: StoredWebhook) {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    status: webhook.status,
    createdAt: toIso(webhook.createdAt),
  };
}

/** An endpoint as it is listed: with its stats, never with its secret. */
export function toListedWebhook(webhook: StoredWebhook) {
  return {
    ...toWebhookBody(webhook),
    stats: { ...webhook.stats, lastDeliveryAt: toIsoOrNull(webhook.stats.lastDeliveryAt) },
  };
}

function generateSecret(): string {
  return `whsec_${randomBytes(24).toString("base64url")}`;
}

/** @returns the endpoint with its secret, which is shown this once */
export function registerWebhook(context: ReferenceContext, orgId: string, input: z.output<typeof WebhookInput>) {
  const webhook = context.store.webhooks.insert({
    id: context.ids("wh"),
    orgId,
    url: input.url,
    events: input.events,
    secret: input.secret ?? generateSecret(),
    createdAt: context.clock.now(),
  });
  context.changes.note({ kind: "webhook", id: webhook.id });
  return { ...toWebhookBody(webhook), secret: webhook.secret };
}

/** @throws Refusal 404 */
function findWebhook({ store }: ReferenceContext, orgId: string, id: string): StoredWebhook {
  const webhook = store.webhooks.byId(id);
  if (webhook?.orgId !== orgId) throw notFound("webhook", id);
  return webhook;
}

/**
 * What waits for the endpoint goes to where it is then.
 * @throws Refusal 404
 */
export function changeWebhook(
  context: ReferenceContext,
  orgId: string,
  id: string,
  change: { url?: string | undefined; events?: EventType[] | undefined },
) {
  const webhook = findWebhook(context, orgId, id);
  const { url = webhook.url, events = webhook.events } = change;
  context.changes.note({ kind: "webhook", id });
  return toListedWebhook(context.store.webhooks.change({ ...webhook, url, events }));
}

/**
 * From the next attempt on, deliveries are signed with the new secret, those that waited before included.
 * @param secret made when none is given
 * @returns the secret, which is shown this once
 * @throws Refusal 404
 */
export function rotateSecret(context: ReferenceContext, orgId: string, id: string, secret = generateSecret()) {
  const webhook = findWebhook(context, orgId, id);
  context.store.webhooks.change({ ...webhook, secret });
  context.changes.note({ kind: "webhook", id });
  return { id, secret };
}

/**
 * The catalogue's sample of an event, to this endpoint alone and whatever it asked for: as any other it is signed, tried
 * again and logged.
 * @throws Refusal 404
 */
export function sendTestEvent(context: ReferenceContext, orgId: string, webhookId: string, type: EventType) {
  findWebhook(context, orgId, webhookId);
  const { data } = sampleEvent(type);
  const [deliveryId] = enqueueFor(context, orgId, [webhookId], type, "orgId" in data ? { ...data, orgId } : data);
  return { id: deliveryId as string };
}

/**
 * Deliveries that wait are dropped with it.
 * @throws Refusal 404
 */
export function removeWebhook(context: ReferenceContext, orgId: string, id: string) {
  const { store, changes } = context;
  findWebhook(context, orgId, id);
  store.deliveries.dropPending(id);
  store.webhooks.remove(id);
  changes.note({ kind: "webhook", id });
  return { id, deleted: true };
}
