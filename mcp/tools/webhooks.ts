import { operations } from "../../src/operations/index.ts";
import { webhookRow } from "../answers/rows.ts";
import { page, pageArguments, pageFields } from "./page.ts";
import { defineTool } from "./tool.ts";

export const listWebhooks = defineTool(operations.list_webhooks, {
  extra: pageArguments,
  adds: pageFields,
  present: ({ data }, view, args) => page(data, args, "webhook", (webhook) => webhookRow(webhook, view)),
});

export const createWebhook = defineTool(operations.create_webhook, {
  description: "Registers an https endpoint for events. Its signing secret is in this answer only.",
  words: { url: "https address that OnSync posts to", events: "", secret: "Made by OnSync when left out" },
  present: (webhook, view) => {
    const { data, line } = webhookRow(webhook, view);
    return {
      data: { ...data, ...(webhook.secret !== undefined && { secret: webhook.secret }) },
      text: [
        `Registered: ${line}`,
        webhook.secret !== undefined && `Signing secret, shown this once: ${webhook.secret}`,
      ]
        .filter(Boolean)
        .join("\n"),
    };
  },
});

export const deleteWebhook = defineTool(operations.delete_webhook, {
  words: { webhookId: "From list_webhooks" },
  present: ({ id, deleted }, view) => ({
    data: { id: view.id(id), deleted },
    text: `Webhook ${view.id(id)} is removed. Deliveries that waited are dropped.`,
  }),
});
