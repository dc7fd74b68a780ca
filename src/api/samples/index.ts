/** One sample of each object, as the API answers it. A test holds them against the schemas. */
import type { Account } from "../account.ts";
import type { Template } from "../template/template.ts";
import type { CreatedWebhook, Webhook, WebhookInput } from "../webhook.ts";
import { inboxSamples } from "./inbox.ts";

const webhookInput = {
  url: "https://example.com/hooks/onsync",
  events: ["message.created", "conversation.resolved"],
} satisfies WebhookInput;

const createdWebhook = {
  id: "wh_01JGDQ3V7K",
  url: webhookInput.url,
  events: webhookInput.events,
  status: "active",
  createdAt: "2024-12-01T10:00:00.000Z",
  secret: "whsec_example_shown_once",
} satisfies CreatedWebhook;

const { secret: _shownOnce, ...webhookWithoutSecret } = createdWebhook;

export const samples = {
  ...inboxSamples,
  webhookInput,
  createdWebhook,
  webhook: {
    ...webhookWithoutSecret,
    stats: {
      delivered: 41,
      failed: 0,
      pending: 1,
      retried: 2,
      lastDeliveryAt: "2024-12-01T11:00:01.000Z",
      lastStatusCode: 200,
    },
  } satisfies Webhook,
  template: {
    name: "order_follow_up",
    language: "en",
    status: "approved",
    platform: "whatsapp",
    category: "UTILITY",
    components: [{ type: "BODY", text: "Hi {{1}}, your order is on its way." }],
  } satisfies Template,
  account: {
    org: { id: inboxSamples.contact.orgId, name: "Expo Trading LLC" },
    keyPrefix: "onsync_pk_live_8fQ2",
    scopes: ["read:contacts", "write:contacts", "read:messages", "write:messages", "read:webhooks", "write:webhooks"],
    rateLimit: { limit: 1000, remaining: 987, resetAt: "2024-12-01T11:00:46.800Z" },
  } satisfies Account,
};
