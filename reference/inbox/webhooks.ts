/** Webhook endpoints: registered, listed, removed. */
import { randomBytes } from "node:crypto";
import type * as z from "zod";
import type { WebhookInput } from "../../src/api/index.ts";
import { toIso, toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { notFound } from "../http/answers.ts";
import type { StoredWebhook } from "../store/webhooks.ts";

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

/** @returns the endpoint with its secret, which is shown this once */
export function registerWebhook(context: ReferenceContext, orgId: string, input: z.output<typeof WebhookInput>) {
  const webhook = context.store.webhooks.insert({
    id: context.ids("wh"),
    orgId,
    url: input.url,
    events: input.events,
    secret: input.secret ?? `whsec_${randomBytes(24).toString("base64url")}`,
    createdAt: context.clock.now(),
  });
  context.changes.note({ kind: "webhook", id: webhook.id });
  return { ...toWebhookBody(webhook), secret: webhook.secret };
}

/**
 * Deliveries that wait are dropped with it.
 * @throws Refusal 404
 */
export function removeWebhook({ store, changes }: ReferenceContext, orgId: string, id: string) {
  if (store.webhooks.byId(id)?.orgId !== orgId) throw notFound("webhook", id);
  store.deliveries.dropPending(id);
  store.webhooks.remove(id);
  changes.note({ kind: "webhook", id });
  return { id, deleted: true };
}
