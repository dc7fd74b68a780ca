import * as z from "zod";
import { WebhookId } from "../api/fields.ts";
import { CreatedWebhook, DeletedWebhook, Webhook, WebhookInput } from "../api/webhook.ts";
import { defineOperation } from "./operation.ts";

export const listWebhooks = defineOperation({
  name: "list_webhooks",
  title: "List Webhooks",
  description: "Lists webhook endpoints with their delivery stats.",
  input: z.strictObject({}),
  output: z.looseObject({ data: z.array(Webhook) }),
  effect: "reads",
  scope: "read:webhooks",
  toolsets: ["webhooks"],
  leftOut: { zapier: "Zapier registers its own webhooks" },
  run: async (onsync, _input, context) => ({ data: (await onsync.webhooks.list(context)).data }),
});

export const createWebhook = defineOperation({
  name: "create_webhook",
  title: "Create Webhook",
  description: "Registers an endpoint for events. The signing secret is in this answer only: store it.",
  input: WebhookInput,
  output: CreatedWebhook,
  effect: "writes",
  idempotent: false,
  additive: true,
  scope: "write:webhooks",
  toolsets: ["webhooks"],
  leftOut: { zapier: "Zapier registers its own webhooks" },
  run: (onsync, input, context) => onsync.webhooks.create(input, context),
});

export const deleteWebhook = defineOperation({
  name: "delete_webhook",
  title: "Delete Webhook",
  description: "Removes a webhook endpoint. Deliveries that wait are dropped.",
  input: z.strictObject({ webhookId: WebhookId }),
  output: DeletedWebhook,
  effect: "deletes",
  scope: "write:webhooks",
  toolsets: ["webhooks"],
  leftOut: { zapier: "Zapier removes its own webhooks" },
  run: (onsync, { webhookId }, context) => onsync.webhooks.delete(webhookId, context),
});
