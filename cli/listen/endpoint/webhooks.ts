/** The receivers' endpoints as OnSync has them. */
import type { Webhook } from "../../../src/api/index.ts";
import { isErrorNamed, type OnSync } from "../../../src/client/index.ts";

/** @param deadlineMs milliseconds it may take; the client's own by default */
export async function removeWebhook(onsync: OnSync, webhookId: string, deadlineMs?: number): Promise<void> {
  try {
    await onsync.webhooks.delete(webhookId, deadlineMs === undefined ? {} : { deadlineMs });
  } catch (error) {
    // Somebody was faster: what was wanted.
    if (!isErrorNamed(error, "NotFoundError")) throw error;
  }
}

/** @param except the id of one that is not meant */
export function findNewestWebhook(
  webhooks: readonly Webhook[],
  url: string,
  except: string | null,
): Webhook | undefined {
  return webhooks
    .filter((webhook) => webhook.url === url && webhook.id !== except)
    .sort((one, other) => (one.createdAt ?? "").localeCompare(other.createdAt ?? ""))
    .at(-1);
}
