/** Events: put into the outbox of every endpoint that asked for them, in the transaction that caused them. */
import type { Event, EventPayload, EventType } from "../../src/api/index.ts";
import type { Change } from "../changes.ts";
import { toIso } from "../clock.ts";
import type { ReferenceContext } from "../context.ts";
import { formatTimes } from "../deviations/behaviour.ts";

/** With a message its conversation changes, too. */
function listChanges(type: EventType, data: { id: string; conversationId?: unknown }): Change[] {
  if (type.startsWith("contact.")) return [{ kind: "contact", id: data.id }];
  if (typeof data.conversationId !== "string") return [{ kind: "conversation", id: data.id }];
  return [
    { kind: "conversation", id: data.conversationId },
    { kind: "message", id: data.id },
  ];
}

export function enqueueEvent<Type extends EventType>(
  context: ReferenceContext,
  orgId: string,
  type: Type,
  data: EventPayload<Type>,
): void {
  const { store, changes, counters } = context;
  for (const change of listChanges(type, data)) changes.note(change);
  if (type === "message.created") counters.countMessage(orgId, (data as EventPayload<"message.created">).direction);
  const subscribers = store.webhooks.subscribers(orgId, type);
  if (subscribers.length > 0) enqueueFor(context, orgId, subscribers, type, data);
}

/** One event for these endpoints, whatever they asked for. @returns the ids of its deliveries */
export function enqueueFor(
  { store, ids, clock, changes, behaviour }: ReferenceContext,
  orgId: string,
  webhookIds: readonly string[],
  type: EventType,
  data: object,
): string[] {
  const createdAt = clock.now();
  const event = formatTimes(
    { id: ids("evt"), type, orgId, createdAt: toIso(createdAt), data } as Event,
    behaviour.current,
  );
  store.deliveries.insertEvent({ id: event.id, orgId, type, body: JSON.stringify(event), createdAt });
  return webhookIds.map((webhookId) => {
    const id = ids("dlv");
    store.deliveries.insert({ id, eventId: event.id, webhookId, dueAt: createdAt, createdAt });
    store.webhooks.count(webhookId, { pending: 1 });
    changes.note({ kind: "delivery", id });
    changes.note({ kind: "webhook", id: webhookId });
    return id;
  });
}
