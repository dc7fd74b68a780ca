/** What the console shows, as its pages want it: objects of the API with what belongs to them beside. */
import { endpoints, eventTypes, sampleEvent, scopes } from "../../src/api/index.ts";
import { toIso, toIsoOrNull } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { conversationIdForms, documentedBehaviour, notFoundForms, timeForms } from "../deviations/behaviour.ts";
import { notFound } from "../http/answers.ts";
import { readBudget } from "../inbox/budget.ts";
import { toListedWebhook } from "../inbox/webhooks.ts";
import type { DeliverySearch, StoredDelivery } from "../store/deliveries.ts";
import type { Org } from "../store/orgs.ts";

/** The default org first, then the older before the younger. */
export function listOrgs({ store }: ReferenceContext, defaultOrg: string) {
  return store.orgs
    .all()
    .sort(
      (one, other) =>
        Number(other.id === defaultOrg) - Number(one.id === defaultOrg) ||
        one.createdAt - other.createdAt ||
        (one.id < other.id ? -1 : 1),
    )
    .map(({ id, name }) => ({ id, name }));
}

/** What forms offer: what the API knows of, so that it is stated there alone. `paths` are whole, as a fault takes them. */
export const choices = {
  eventTypes,
  sampleEvents: Object.fromEntries(eventTypes.map((type) => [type, sampleEvent(type)])),
  scopes,
  behaviour: { conversationIds: conversationIdForms, notFound: notFoundForms, times: timeForms },
  documented: documentedBehaviour,
  paths: [...new Set(Object.values(endpoints).map(({ path }) => `/v1${path.replace(/\{\w+\}/g, "*")}`))],
};

export function readOverview({ store, clock }: ReferenceContext, org: Org) {
  return {
    org: { id: org.id, name: org.name },
    teammates: store.orgs.teammates(org.id),
    clock: { now: toIso(clock.now()), frozen: clock.frozen },
  };
}

/** The org's budget now. */
export function readOrgBudget({ clock }: ReferenceContext, org: Org) {
  const { remaining, fullInMs, retryInMs } = readBudget(org.bucket, org.rateLimit, clock.now());
  return { limit: org.rateLimit, remaining, fullInMs, retryInMs };
}

/** Newest first. The keys themselves are known to nobody. */
export function listKeys({ store }: ReferenceContext, orgId: string) {
  return store.keys.byOrg(orgId).map(({ id, prefix, scopes, createdAt, revokedAt, label, lastUsedAt }) => ({
    id,
    prefix,
    scopes,
    createdAt: toIso(createdAt),
    revokedAt: toIsoOrNull(revokedAt),
    label,
    lastUsedAt: toIsoOrNull(lastUsedAt),
  }));
}

export function listWebhooks({ store }: ReferenceContext, orgId: string) {
  return store.webhooks.byOrg(orgId).map(toListedWebhook);
}

function toDeliveryRow({ store }: ReferenceContext, delivery: StoredDelivery) {
  const attempts = store.deliveries.attempts(delivery.seq);
  const webhook = store.webhooks.byId(delivery.webhookId);
  return {
    id: delivery.id,
    eventId: delivery.eventId,
    eventType: delivery.eventType,
    webhookId: delivery.webhookId,
    /** `null`: the endpoint was removed. */
    webhook: webhook ? { url: webhook.url, status: webhook.status } : null,
    status: delivery.status,
    createdAt: toIso(delivery.createdAt),
    nextAttemptAt: delivery.status === "pending" && webhook?.status === "active" ? toIso(delivery.dueAt) : null,
    attempts: attempts.length,
    lastStatusCode: attempts.at(-1)?.statusCode ?? null,
    lastError: attempts.at(-1)?.error ?? null,
  };
}

/** Newest first; those of endpoints that were removed stay. */
export function listDeliveries(context: ReferenceContext, search: DeliverySearch) {
  return context.store.deliveries.search(search).map((delivery) => toDeliveryRow(context, delivery));
}

/** One delivery: the body every attempt sends, byte for byte, and each attempt's request and response. */
export function readDelivery(context: ReferenceContext, orgId: string, id: string) {
  const { store } = context;
  const delivery = store.deliveries.byId(id);
  if (delivery?.orgId !== orgId) throw notFound("delivery", id);
  return {
    delivery: toDeliveryRow(context, delivery),
    body: store.deliveries.body(delivery.eventId),
    attempts: store.deliveries.attempts(delivery.seq).map((attempt) => ({ ...attempt, at: toIso(attempt.at) })),
  };
}
