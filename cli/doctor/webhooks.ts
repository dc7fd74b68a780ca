/** How the org's webhook endpoints do. */
import type { Webhook } from "../../src/api/index.ts";
import type { Check } from "./check.ts";

function createWebhookCheck(status: Check["status"], found: string, advice?: string): Check {
  return {
    name: "webhooks",
    status,
    found,
    ...(advice !== undefined && { advice }),
  };
}

function isAcknowledged(statusCode: number | null): boolean {
  return statusCode !== null && statusCode >= 200 && statusCode < 300;
}

/** One endpoint, from its status and delivery stats. */
export function checkWebhook({ id, url, status, stats }: Webhook): Check {
  const endpoint = `${url} (${id})`;
  if (status === "paused") {
    return createWebhookCheck(
      "warning",
      `${endpoint} is paused${stats?.pending ? `, ${stats.pending} deliveries wait` : ""}`,
      "Resume it under Settings → API & Webhooks in OnSync: its events are kept until then.",
    );
  }
  if (!stats) return createWebhookCheck("ok", `${endpoint} is active; this API tells no delivery stats`);
  const { delivered, failed, pending, lastStatusCode } = stats;
  const tried = delivered + failed > 0 || lastStatusCode !== null || stats.lastDeliveryAt !== null;
  if (!tried) {
    return pending > 0
      ? createWebhookCheck(
          "warning",
          `${endpoint} has ${pending} deliveries waiting and none tried yet`,
          "Look again in a minute.",
        )
      : createWebhookCheck(
          "warning",
          `${endpoint} has never been delivered to`,
          "Nothing has happened since it was registered: write to the inbox from a phone, and run this again.",
        );
  }
  if (!isAcknowledged(lastStatusCode)) {
    const answer = lastStatusCode === null ? "did not answer" : `answered ${lastStatusCode}`;
    const reason =
      lastStatusCode === 401 || lastStatusCode === 403
        ? "It refuses OnSync: check that its secret is the endpoint's (ONSYNC_WEBHOOK_SECRETS)."
        : lastStatusCode !== null && lastStatusCode >= 300 && lastStatusCode < 400
          ? "Redirects are not followed: register the address it redirects to."
          : "Check that it runs, is reachable from outside and answers 2xx within 10 seconds.";
    return createWebhookCheck(
      "failed",
      `${endpoint} ${answer} last time: ${failed} given up, ${pending} waiting`,
      reason,
    );
  }
  if (failed > 0) {
    return createWebhookCheck(
      "warning",
      `${endpoint} works now, and ${failed} ${failed === 1 ? "delivery was" : "deliveries were"} given up before`,
      "Those events do not come again: read the conversations of that time if you need them.",
    );
  }
  return createWebhookCheck(
    "ok",
    `${endpoint} works: ${delivered} delivered${pending > 0 ? `, ${pending} waiting` : ""}`,
  );
}

export function checkWebhooks(webhooks: readonly Webhook[]): Check[] {
  return webhooks.length === 0
    ? [
        createWebhookCheck(
          "ok",
          "none registered: events go nowhere",
          "Register one if you need events: `onsync call create_webhook --help`.",
        ),
      ]
    : webhooks.map(checkWebhook);
}
