/** Webhook endpoints and their delivery stats. */
import * as z from "zod";
import { EventType, eventTypes } from "./events.ts";
import { atMost, checkedText, someText, Timestamp, WebhookId } from "./fields.ts";
import type * as types from "./types/account.ts";
import { findUrlProblem, removeDuplicates, urlPattern } from "./values/checks.ts";

export const WebhookUrl = atMost(2048, checkedText(findUrlProblem)).meta({
  pattern: urlPattern,
  title: "URL",
  description: "Where OnSync posts the events.",
  examples: ["https://example.com/hooks/onsync"],
});

export const WebhookEvents = z
  .array(EventType)
  .min(1, { error: "name at least one event" })
  .overwrite(removeDuplicates)
  .meta({
    title: "Events",
    description: `The events to send: ${eventTypes.join(", ")}.`,
    examples: [["message.created"]],
  });

export const WebhookSecret = someText(256).meta({
  title: "Secret",
  description: "Key of the signature. Made by OnSync when you give none.",
});

/** The body of `POST /webhooks`. */
export const WebhookInput = z
  .strictObject({ url: WebhookUrl, events: WebhookEvents, secret: WebhookSecret.optional() })
  .meta({ id: "WebhookInput" });
export type WebhookInput = types.WebhookInput;

export const WebhookStatus = z.enum(["active", "paused"]).meta({ title: "Status", description: "active or paused." });

const webhookFields = {
  id: WebhookId,
  url: z.string().meta({ title: "URL", examples: ["https://example.com/hooks/onsync"] }),
  events: z.array(z.string()).meta({ title: "Events", examples: [["message.created"]] }),
  status: WebhookStatus.optional(),
  createdAt: Timestamp.optional(),
};

/** How the deliveries to an endpoint went. */
export const WebhookStats = z
  .looseObject({
    delivered: z.number().int().meta({ description: "Deliveries the endpoint acknowledged." }),
    failed: z.number().int().meta({ description: "Deliveries given up after the fourth attempt." }),
    pending: z.number().int().meta({ description: "Deliveries waiting for an attempt." }),
    retried: z.number().int().meta({ description: "Attempts after a first one." }),
    lastDeliveryAt: Timestamp.nullable(),
    lastStatusCode: z.number().int().nullable(),
  })
  .meta({ id: "WebhookStats" });
export type WebhookStats = types.WebhookStats;

/** An endpoint as `GET /webhooks` lists it: never with its secret. */
export const Webhook = z.looseObject({ ...webhookFields, stats: WebhookStats.optional() }).meta({ id: "Webhook" });
export type Webhook = types.Webhook;

/** An endpoint as `POST /webhooks` answers it: with the secret, this once. */
export const CreatedWebhook = z
  .looseObject({ ...webhookFields, secret: z.string().optional() })
  .meta({ id: "CreatedWebhook" });
export type CreatedWebhook = types.CreatedWebhook;

export const DeletedWebhook = z.looseObject({ id: WebhookId, deleted: z.boolean() }).meta({ id: "DeletedWebhook" });
export type DeletedWebhook = types.DeletedWebhook;
