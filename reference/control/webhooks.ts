/** Webhook endpoints that pause and resume, and the deliveries to them. */
import { toIso } from "../clock.ts";
import { unknownId } from "../http/answers.ts";
import { validate } from "../http/input.ts";
import { toListedWebhook } from "../inbox/webhooks.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { Store } from "../store/index.ts";
import type { StoredWebhook } from "../store/webhooks.ts";
import { type ControlContext, makeChange } from "./context.ts";
import type { Control, Delivery } from "./control.ts";
import { DeliveriesQuery } from "./input.ts";

export function createWebhookControl(
  control: ControlContext,
): Pick<Control, "pauseWebhook" | "resumeWebhook" | "deliveries" | "redeliver"> {
  const { store } = control.context;
  return {
    pauseWebhook: async (id) => setWebhookStatus(control, id, "paused"),
    resumeWebhook: async (id) => setWebhookStatus(control, id, "active"),

    deliveries: async (query = {}) => {
      const { webhookId, limit } = validate(DeliveriesQuery, query);
      return store.deliveries.latest(limit, webhookId).map((delivery) => toDeliveryBody(store, delivery));
    },

    redeliver: async (id) => {
      const delivery = getDelivery(store, id);
      getWebhook(store, delivery.webhookId);
      await control.scheduler.redeliver(delivery);
      return toDeliveryBody(store, getDelivery(store, id));
    },
  };
}

function setWebhookStatus(control: ControlContext, id: string, status: StoredWebhook["status"]) {
  const { store, clock, changes } = control.context;
  return makeChange(control, () => {
    getWebhook(store, id);
    store.webhooks.setStatus(id, status);
    if (status === "active") store.deliveries.makeDueNow(id, clock.now());
    changes.note({ kind: "webhook", id });
    return toListedWebhook(getWebhook(store, id));
  });
}

/** @throws Refusal 404 */
function getWebhook(store: Store, id: string): StoredWebhook {
  const webhook = store.webhooks.byId(id);
  if (!webhook) throw unknownId("webhook", id);
  return webhook;
}

/** @throws Refusal 404 */
function getDelivery(store: Store, id: string): StoredDelivery {
  const delivery = store.deliveries.byId(id);
  if (!delivery) throw unknownId("delivery", id);
  return delivery;
}

function toDeliveryBody(store: Store, delivery: StoredDelivery): Delivery {
  return {
    id: delivery.id,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    webhookId: delivery.webhookId,
    status: delivery.status,
    createdAt: toIso(delivery.createdAt),
    ...(delivery.status === "pending" ? { nextAttemptAt: toIso(delivery.dueAt) } : {}),
    attempts: store.deliveries.attempts(delivery.seq).map(({ at, statusCode, error }) => ({
      at: toIso(at),
      ...(statusCode === null ? {} : { statusCode }),
      ...(error === null ? {} : { error }),
    })),
  };
}
