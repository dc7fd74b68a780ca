import { randomBytes } from "node:crypto";
import { notFound } from "../answers.ts";
import { iso, isoOrNull } from "../clock.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import { created, type Handlers, ok } from "./handler.ts";

const webhookBody = (webhook: StoredWebhook) => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events,
  status: webhook.status,
  createdAt: iso(webhook.createdAt),
});

/** An endpoint as it is listed: with its stats, never with its secret. */
export const listedWebhook = (webhook: StoredWebhook) => ({
  ...webhookBody(webhook),
  stats: { ...webhook.stats, lastDeliveryAt: isoOrNull(webhook.stats.lastDeliveryAt) },
});

export const webhooks: Handlers<"createWebhook" | "listWebhooks" | "deleteWebhook"> = {
  createWebhook: ({ world, org, body }) => {
    const webhook = world.store.webhooks.insert({
      id: world.ids("wh"),
      orgId: org.id,
      url: body.url,
      events: body.events,
      secret: body.secret ?? `whsec_${randomBytes(24).toString("base64url")}`,
      createdAt: world.clock.now(),
    });
    return created({ ...webhookBody(webhook), secret: webhook.secret });
  },

  listWebhooks: ({ world, org }) => ok({ data: world.store.webhooks.byOrg(org.id).map(listedWebhook) }),

  deleteWebhook: ({ world, org, params }) => {
    const { store } = world;
    if (store.webhooks.byId(params.id)?.orgId !== org.id) throw notFound("webhook", params.id);
    store.deliveries.dropPending(params.id);
    store.webhooks.remove(params.id);
    return ok({ id: params.id, deleted: true });
  },
};
