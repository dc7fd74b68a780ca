import { randomBytes } from "node:crypto";
import type * as z from "zod";
import type { WebhookInput } from "../../../src/api/index.ts";
import { iso, isoOrNull } from "../../clock.ts";
import type { StoredWebhook } from "../../store/webhooks.ts";
import type { World } from "../../world.ts";
import { notFound } from "../answers.ts";
import { created, type Handlers, ok } from "./handler.ts";

function webhookBody(webhook: StoredWebhook) {
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    status: webhook.status,
    createdAt: iso(webhook.createdAt),
  };
}

/** An endpoint as it is listed: with its stats, never with its secret. */
export function listedWebhook(webhook: StoredWebhook) {
  return {
    ...webhookBody(webhook),
    stats: { ...webhook.stats, lastDeliveryAt: isoOrNull(webhook.stats.lastDeliveryAt) },
  };
}

/** @returns the endpoint with its secret, which is shown this once */
export function registerWebhook(world: World, orgId: string, input: z.output<typeof WebhookInput>) {
  const webhook = world.store.webhooks.insert({
    id: world.ids("wh"),
    orgId,
    url: input.url,
    events: input.events,
    secret: input.secret ?? `whsec_${randomBytes(24).toString("base64url")}`,
    createdAt: world.clock.now(),
  });
  world.changes.note({ kind: "webhook", id: webhook.id });
  return { ...webhookBody(webhook), secret: webhook.secret };
}

/**
 * Deliveries that wait are dropped with it.
 * @throws Refusal 404
 */
export function removeWebhook({ store, changes }: World, orgId: string, id: string) {
  if (store.webhooks.byId(id)?.orgId !== orgId) throw notFound("webhook", id);
  store.deliveries.dropPending(id);
  store.webhooks.remove(id);
  changes.note({ kind: "webhook", id });
  return { id, deleted: true };
}

export const webhooks: Handlers<"createWebhook" | "listWebhooks" | "deleteWebhook"> = {
  createWebhook: ({ world, org, body }) => created(registerWebhook(world, org.id, body)),

  listWebhooks: ({ world, org }) => ok({ data: world.store.webhooks.byOrg(org.id).map(listedWebhook) }),

  deleteWebhook: ({ world, org, params }) => ok(removeWebhook(world, org.id, params.id)),
};
