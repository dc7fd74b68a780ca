/** Settings → API & Webhooks: keys, webhook endpoints, the log of what was delivered to them, and message templates. */
import { createTabs } from "../elements/tabs.js";
import { createDeliveryLog } from "../settings/deliveries.js";
import { createKeysSection } from "../settings/keys.js";
import { createTemplatesSection } from "../settings/templates.js";
import { createWebhooksSection } from "../settings/webhooks.js";

const sections = {
  keys: ["Keys", createKeysSection],
  webhooks: ["Webhooks", createWebhooksSection],
  deliveries: ["Delivery log", createDeliveryLog],
  templates: ["Templates", createTemplatesSection],
};

export function settingsPage(page) {
  return createTabs(page, { title: "API & Webhooks", label: "API and webhooks", address: "#/settings", sections });
}
