/** Events: put into the outbox of every endpoint that asked for them, in the transaction that caused them. */
import type { Event, EventPayload, EventType } from "../../src/api/index.ts";
import { iso } from "../clock.ts";
import type { World } from "../world.ts";

export const emit = <Type extends EventType>(
  world: World,
  orgId: string,
  type: Type,
  data: EventPayload<Type>,
): void => {
  const { store, ids, clock } = world;
  const endpoints = store.webhooks.byOrg(orgId).filter((webhook) => webhook.events.includes(type));
  if (endpoints.length === 0) return;
  const createdAt = clock.now();
  const event = { id: ids("evt"), type, orgId, createdAt: iso(createdAt), data } as Event;
  store.deliveries.insertEvent({ id: event.id, orgId, type, body: JSON.stringify(event), createdAt });
  for (const webhook of endpoints) {
    store.deliveries.insert({ id: ids("dlv"), eventId: event.id, webhookId: webhook.id, dueAt: createdAt, createdAt });
    store.webhooks.count(webhook.id, { pending: 1 });
  }
};
