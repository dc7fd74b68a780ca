/** The samples are what the API answers: each is valid for its schema, and for the strict schemas of inputs. */
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import {
  Account,
  Contact,
  ContactInput,
  ContactWithActivity,
  Conversation,
  CreatedWebhook,
  eventSchema,
  events,
  eventTypes,
  Message,
  MessageInput,
  SentMessage,
  sampleEvent,
  samples,
  Template,
  Webhook,
  WebhookInput,
} from "../../src/api/index.ts";

const schemas: Record<keyof typeof samples, z.ZodType> = {
  contactInput: ContactInput,
  contact: Contact,
  updatedContact: Contact,
  contactWithActivity: ContactWithActivity,
  textInput: MessageInput,
  templateInput: MessageInput,
  sentMessage: SentMessage,
  sentTemplate: SentMessage,
  inboundMessage: Message,
  deliveredMessage: Message,
  assignedConversation: Conversation,
  resolvedConversation: Conversation,
  webhookInput: WebhookInput,
  createdWebhook: CreatedWebhook,
  webhook: Webhook,
  template: Template,
  account: Account,
};

describe("samples", () => {
  test.each(Object.entries(schemas))("%s is valid and comes through unchanged", (name, schema) => {
    const sample = samples[name as keyof typeof samples];
    expect(schema.parse(sample)).toEqual(sample);
  });

  // A loose object takes any key, a misspelt optional one included: the same shapes, closed, do not.
  test.each(Object.entries(schemas).filter(([, schema]) => schema instanceof z.ZodObject))(
    "%s has no field the schema does not know",
    (name, schema) => {
      const closed = z.strictObject((schema as z.ZodObject).shape);
      expect(closed.safeParse(samples[name as keyof typeof samples]).error?.issues ?? []).toEqual([]);
    },
  );

  test("only the answer to a registration shows a secret", () => {
    expect(samples.createdWebhook.secret).toBeTruthy();
    expect(samples.webhook).not.toHaveProperty("secret");
  });
});

describe("the event catalogue", () => {
  test("begins with the events of the documentation, in its order", () => {
    const documented = [
      "message.created",
      "message.updated",
      "conversation.assigned",
      "conversation.resolved",
      "contact.created",
      "contact.updated",
    ];
    expect(Object.keys(events).slice(0, documented.length)).toEqual(documented);
    expect(eventTypes).toEqual(Object.keys(events));
  });

  test.each(eventTypes)("%s: its sample is valid, alone and as a whole delivery", (type) => {
    expect(events[type].type).toBe(type);
    expect(events[type].payload.parse(events[type].sample)).toEqual(events[type].sample);
    const delivery = sampleEvent(type);
    expect(eventSchema(type).parse(delivery)).toEqual(delivery);
    expect(delivery.type).toBe(type);
  });

  test.each(eventTypes)("%s: a delivery of another type is refused", (type) => {
    const other = eventTypes.find((each) => each !== type) ?? type;
    expect(eventSchema(type).safeParse(sampleEvent(other)).success).toBe(false);
  });
});
