/**
 * The event catalogue: one entry an event. From it come the Zapier triggers, the reference API's deliveries, the
 * OpenAPI `webhooks` section, the receiver's types and what agents can wait for.
 */
import * as z from "zod";
import { Contact } from "./contact.ts";
import { Conversation } from "./conversation.ts";
import { Timestamp } from "./fields.ts";
import { Message } from "./message.ts";
import { inboxSamples } from "./samples/inbox.ts";
import type { EventPayloads } from "./types/events.ts";

function defineEvent<const Type extends string, Payload extends z.ZodType>(entry: {
  type: Type;
  /** What a person calls it. */
  title: string;
  /** One sentence: when it happens. */
  description: string;
  /** Schema of `data`. */
  payload: Payload;
  /** A `data` that the schema validates. */
  sample: z.input<Payload>;
}) {
  return entry;
}

function defineEvents<Entries>(entries: Entries & { [Type in keyof Entries]: { type: Type } }): Entries {
  return entries;
}

export const events = defineEvents({
  "message.created": defineEvent({
    type: "message.created",
    title: "New Message",
    description: "Triggers when a message is received from a customer or sent to one.",
    payload: Message,
    sample: inboxSamples.inboundMessage,
  }),
  "message.updated": defineEvent({
    type: "message.updated",
    title: "Message Status Changed",
    description: "Triggers when a message is sent, delivered, read or has failed.",
    payload: Message,
    sample: inboxSamples.deliveredMessage,
  }),
  "conversation.assigned": defineEvent({
    type: "conversation.assigned",
    title: "Conversation Assigned",
    description: "Triggers when a conversation is assigned to a teammate.",
    payload: Conversation,
    sample: inboxSamples.assignedConversation,
  }),
  "conversation.resolved": defineEvent({
    type: "conversation.resolved",
    title: "Conversation Resolved",
    description: "Triggers when a conversation is resolved.",
    payload: Conversation,
    sample: inboxSamples.resolvedConversation,
  }),
  "contact.created": defineEvent({
    type: "contact.created",
    title: "New Contact",
    description: "Triggers when a contact is created.",
    payload: Contact,
    sample: inboxSamples.contact,
  }),
  "contact.updated": defineEvent({
    type: "contact.updated",
    title: "Contact Updated",
    description: "Triggers when a contact is changed.",
    payload: Contact,
    sample: inboxSamples.updatedContact,
  }),
});

export type EventType = keyof typeof events;

/** Every event's type: those of docs/onsync-api.txt, "Webhooks", in its order, and then what came after. */
export const eventTypes = Object.keys(events) as readonly EventType[];

export const EventType = z
  .enum(eventTypes)
  .meta({ title: "Event", description: `One of ${eventTypes.join(", ")}.`, examples: ["message.created"] });

export type EventPayload<Type extends EventType> = EventPayloads[Type];

/** An event as a webhook delivery carries it. A retry sends the very same bytes and id. */
export type Event<Type extends EventType = EventType> = {
  [Each in Type]: { id: string; type: Each; orgId: string; createdAt: string; data: EventPayload<Each> };
}[Type];

/** Schema of a delivery's body for one type of event. */
export function eventSchema<Type extends EventType>(type: Type) {
  return z.looseObject({
    id: z.string().meta({ description: "The event's id: the same in every attempt.", examples: ["evt_01JGDQ7W3N"] }),
    type: z.literal(type),
    orgId: z.string().meta({ examples: ["org_123"] }),
    createdAt: Timestamp,
    data: events[type].payload,
  });
}

/** A whole delivery body, valid for its schema. */
export function sampleEvent<Type extends EventType>(type: Type): Event<Type> {
  return {
    id: "evt_01JGDQ7W3N8YV5C2T6R9XKBM4P",
    type,
    orgId: inboxSamples.contact.orgId,
    createdAt: "2024-12-01T10:59:10.000Z",
    data: events[type].sample,
  } as Event<Type>;
}
