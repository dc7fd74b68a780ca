/** `listen --unregister`: takes an endpoint back, unless another receiver needs it. */
import { randomUUID } from "node:crypto";
import type { OnSync } from "../../../src/client/index.ts";
import { retireOtherSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import {
  acceptOldSecretMs,
  findRegistration,
  type Registration,
  RegistrationConflictError,
  type RegistrationStore,
  replaceRegistration,
} from "./registrations.ts";
import { findNewestWebhook, removeWebhook } from "./webhooks.ts";

/** How long OnSync may take to remove an endpoint while a receiver stops, in milliseconds. */
const maxRemoveMs = 4000;

export type UnregisterOptions = {
  /** Whether another receiver needs the endpoint. */
  isUsedByOthers(url: string): Promise<boolean>;
  now(): number;
  warn(message: string, fields: object): void;
};

/**
 * Removes the endpoint at OnSync (what OnSync still has for it is dropped), unless another receiver needs it. Where OnSync
 * does not answer within a few seconds, the endpoint stays, and stays known: the next start uses it on.
 *
 * Leave the group of receivers first (`receiver-group.ts`): of two that stop at once, the last to do so removes it.
 */
export async function unregister(
  onsync: OnSync,
  store: RegistrationStore,
  url: string,
  options: UnregisterOptions,
): Promise<void> {
  try {
    const found = await findRegistration(store, url);
    if (found) await takeBack(onsync, store, found, options);
  } catch (error) {
    if (!(error instanceof RegistrationConflictError)) throw error;
    options.warn("the endpoint stays registered: another process is changing it", { url });
  }
}

async function takeBack(
  onsync: OnSync,
  store: RegistrationStore,
  found: Registration,
  { isUsedByOthers, now, warn }: UnregisterOptions,
): Promise<void> {
  const { leaving: _another, ...registration } = found;
  const { url } = registration;
  // First the mark, then the look: one that starts meanwhile is seen, or sees the mark and waits.
  const leaving = await replaceRegistration(store, url, found, { ...registration, leaving: randomUUID() });
  if (await isUsedByOthers(url)) {
    await replaceRegistration(store, url, leaving, registration);
    return warn("the endpoint stays registered: another receiver uses it", { url });
  }
  try {
    await removeWebhooks(onsync, registration);
  } catch (error) {
    await replaceRegistration(store, url, leaving, registration);
    return warn(
      "OnSync does not answer, so the endpoint stays registered: start the receiver again with the same --register URL to use it on, or to take it back (--unregister)",
      { url, err: error },
    );
  }
  await replaceRegistration(store, url, leaving, null);
  await retireOtherSecrets(store, "", now() + acceptOldSecretMs, { now, of: url });
}

/** The endpoint, and the one it was to replace. */
async function removeWebhooks(onsync: OnSync, { url, webhookId, replaces }: Registration): Promise<void> {
  // Of a receiver that died while it registered, OnSync may have an endpoint that the store does not know.
  const current =
    webhookId ?? findNewestWebhook((await onsync.webhooks.list({ deadlineMs: maxRemoveMs })).data, url, replaces)?.id;
  const ids = [current, replaces].filter((id) => typeof id === "string");
  await Promise.all(ids.map((id) => removeWebhook(onsync, id, maxRemoveMs)));
}
