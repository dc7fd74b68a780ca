/** What the console shows, as its pages want it: objects of the API with what belongs to them beside. */
import { endpoints, eventTypes, type Message, messagingWindowMs, scopes } from "../../src/api/index.ts";
import { iso, isoOrNull } from "../clock.ts";
import { asDocumented, conversationIdForms, notFoundForms, timeForms } from "../control/behaviour.ts";
import { notFound } from "../http/answers.ts";
import { activity } from "../http/handlers/contacts.ts";
import { listedWebhook } from "../http/handlers/webhooks.ts";
import { look } from "../http/rate-limit.ts";
import { contactBody } from "../inbox/contacts.ts";
import { conversationBody, conversationOf } from "../inbox/conversations.ts";
import { messageBody } from "../inbox/messages.ts";
import type { StoredContact } from "../store/contacts.ts";
import type { StoredConversation } from "../store/conversations.ts";
import type { StoredDelivery } from "../store/deliveries.ts";
import type { Org } from "../store/orgs.ts";
import type { World } from "../world.ts";

/** The default org first, then the older before the younger. */
export function orgRows({ store }: World, defaultOrg: string) {
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
  scopes,
  behaviour: { conversationIds: conversationIdForms, notFound: notFoundForms, times: timeForms },
  documented: asDocumented,
  paths: [...new Set(Object.values(endpoints).map(({ path }) => `/v1${path.replace(/\{\w+\}/g, "*")}`))],
};

export function overview({ store, clock }: World, org: Org) {
  return {
    org: { id: org.id, name: org.name },
    teammates: store.orgs.teammates(org.id),
    clock: { now: iso(clock.now()), frozen: clock.frozen },
  };
}

/** The org's budget now. */
export function budget({ clock }: World, org: Org) {
  const { remaining, fullInMs, retryInMs } = look(org.bucket, org.rateLimit, clock.now());
  return { limit: org.rateLimit, remaining, fullInMs, retryInMs };
}

function nameOf(contact: StoredContact | undefined): string | null {
  return [contact?.firstName, contact?.lastName].filter(Boolean).join(" ") || null;
}

function messagesOf(world: World, conversation: StoredConversation, before: number, limit: number): Message[] {
  return world.store.messages
    .history(conversation.seq, before, limit)
    .map((message) =>
      messageBody(world, message, { conversationId: conversation.id, platform: conversation.platform }),
    );
}

/** `windowClosesAt`: when WhatsApp's 24-hour window closes or closed; `null` where the customer never wrote, or elsewhere. */
function conversationRow(world: World, conversation: StoredConversation) {
  const contact = world.store.contacts.byId(conversation.orgId, conversation.contactId);
  const [latest] = messagesOf(world, conversation, Number.MAX_SAFE_INTEGER, 1);
  return {
    ...conversationBody(world, conversation),
    address: conversation.address,
    name: nameOf(contact),
    latest: latest ? { content: latest.content ?? null, type: latest.type, direction: latest.direction } : null,
    windowClosesAt:
      conversation.platform === "whatsapp" && conversation.lastInboundAt !== null
        ? iso(conversation.lastInboundAt + messagingWindowMs)
        : null,
  };
}

/** Most recently active first. */
export function conversationRows(world: World, orgId: string, search: { status?: string | undefined; limit: number }) {
  return world.store.conversations
    .search({ orgId, ...search })
    .map((conversation) => conversationRow(world, conversation));
}

/** One conversation with its latest messages, oldest first. */
export function conversationPage(world: World, orgId: string, id: string, limit: number) {
  const conversation = conversationOf(world, orgId, id);
  const messages = messagesOf(world, conversation, Number.MAX_SAFE_INTEGER, limit + 1);
  const contact = world.store.contacts.byId(orgId, conversation.contactId);
  return {
    conversation: conversationRow(world, conversation),
    contact: contact ? contactBody(contact) : null,
    messages: messages.slice(0, limit).reverse(),
    more: messages.length > limit,
  };
}

/** Newest first. */
export function contactRows(world: World, orgId: string, query: string | undefined, limit: number) {
  const found = world.store.contacts.search({ orgId, query, limit: limit + 1 });
  return { data: found.slice(0, limit).map(contactBody), more: found.length > limit };
}

export function contactPage(world: World, orgId: string, id: string) {
  const contact = world.store.contacts.byId(orgId, id);
  if (!contact) throw notFound("contact", id);
  const conversations = world.store.conversations.byContact(id);
  return {
    contact: contactBody(contact),
    activity: activity(world, conversations),
    conversations: conversations.map((conversation) => conversationRow(world, conversation)),
  };
}

/** Newest first. The keys themselves are known to nobody. */
export function keyRows({ store }: World, orgId: string) {
  return store.keys.byOrg(orgId).map(({ id, prefix, scopes, createdAt, revokedAt }) => ({
    id,
    prefix,
    scopes,
    createdAt: iso(createdAt),
    revokedAt: isoOrNull(revokedAt),
  }));
}

export function webhookRows({ store }: World, orgId: string) {
  return store.webhooks.byOrg(orgId).map(listedWebhook);
}

function deliveryRow({ store }: World, delivery: StoredDelivery) {
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
    createdAt: iso(delivery.createdAt),
    nextAttemptAt: delivery.status === "pending" && webhook?.status === "active" ? iso(delivery.dueAt) : null,
    attempts: attempts.length,
    lastStatusCode: attempts.at(-1)?.statusCode ?? null,
    lastError: attempts.at(-1)?.error ?? null,
  };
}

/** Newest first; those of endpoints that were removed stay. */
export function deliveryRows(world: World, orgId: string, webhookId: string | undefined, limit: number) {
  const { deliveries } = world.store;
  const found =
    webhookId === undefined
      ? deliveries.latestOfOrg(orgId, limit)
      : deliveries
          .latest(limit, webhookId)
          .filter((delivery) => delivery.orgId === orgId)
          .reverse();
  return found.map((delivery) => deliveryRow(world, delivery));
}

/** One delivery: the body every attempt sends, byte for byte, and each attempt's request and response. */
export function deliveryPage(world: World, orgId: string, id: string) {
  const { store } = world;
  const delivery = store.deliveries.byId(id);
  if (delivery?.orgId !== orgId) throw notFound("delivery", id);
  return {
    delivery: deliveryRow(world, delivery),
    body: store.deliveries.body(delivery.eventId),
    attempts: store.deliveries.attempts(delivery.seq).map((attempt) => ({ ...attempt, at: iso(attempt.at) })),
  };
}
