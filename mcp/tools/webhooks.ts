import { operations } from "../../src/operations/index.ts";
import { summarizeWebhook } from "../answers/summaries.ts";
import { pageArguments, pageFields, presentPage } from "./page.ts";
import { defineTool } from "./tool.ts";

export const listWebhooks = defineTool(operations.list_webhooks, {
  extra: pageArguments,
  adds: pageFields,
  present: ({ data }, format, args) => presentPage(data, args, "webhook", format, summarizeWebhook),
});

export const createWebhook = defineTool(operations.create_webhook, {
  description: "Registers an https endpoint for events. Its signing secret is in this answer only.",
  words: { url: "https address that OnSync posts to", events: "", secret: "Made by OnSync when left out" },
  present: (webhook, format) => {
    const { data, line } = summarizeWebhook(webhook, format);
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
  present: ({ id, deleted }, format) => ({
    data: { id: format.id(id), deleted },
    text: `Webhook ${format.id(id)} is removed. Deliveries that waited are dropped.`,
  }),
});
