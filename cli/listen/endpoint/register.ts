/** `listen --register`: has OnSync deliver all events to a URL, by an endpoint that restarts find again. */
import { eventTypes } from "../../../src/api/index.ts";
import type { Clock } from "../../../src/client/clock.ts";
import { isErrorNamed, isOnSyncError, type OnSync } from "../../../src/client/index.ts";
import { addSecret, generateSecret, retireOtherSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import {
  acceptOldSecretMs,
  findRegistration,
  isSameRegistration,
  type Registration,
  RegistrationConflictError,
  type RegistrationStore,
  replaceRegistration,
} from "./registrations.ts";
import { findNewestWebhook, removeWebhook } from "./webhooks.ts";

/** How long another receiver is given to finish registering before it is taken to have died, in milliseconds. */
const maxRegisteringMs = 15_000;
const pollMs = 250;

/** Whether somebody registers it or takes it back just now. */
function isBusy({ webhookId, leaving }: Registration): boolean {
  return leaving !== undefined || webhookId === null;
}

/**
 * Has all events delivered to the URL. An endpoint this store registered before is used on, so that a restart loses
 * nothing OnSync still has for it; of several receivers that start at once, one registers.
 */
export async function register(
  onsync: OnSync,
  store: RegistrationStore,
  url: string,
  { sleep, now }: Clock,
): Promise<Registration> {
  let seen: Registration | null = null;
  let since = now();
  for (;;) {
    const registration = await findRegistration(store, url);
    // Whether it moves on counts, and not when it says it began: another machine's clock may be wrong.
    if (!isSameRegistration(registration, seen)) since = now();
    seen = registration;
    if (!registration || !isBusy(registration) || now() - since >= maxRegisteringMs) {
      try {
        return await registerNow(onsync, store, url, registration, now);
      } catch (error) {
        if (!(error instanceof RegistrationConflictError)) throw error;
      }
    }
    await sleep(pollMs);
  }
}

/** @throws RegistrationConflictError where the registration is not as given any more */
export async function registerNow(
  onsync: OnSync,
  store: RegistrationStore,
  url: string,
  registration: Registration | null,
  now: () => number,
): Promise<Registration> {
  if (!registration) return createEndpoint(onsync, store, null, { url, replaces: null }, now);
  const { data } = await onsync.webhooks.list();
  const { secret, webhookId, replaces, intendedAt } = registration;
  const webhook =
    webhookId === null ? findNewestWebhook(data, url, replaces) : data.find((each) => each.id === webhookId);
  if (!webhook) return createEndpoint(onsync, store, registration, { url, replaces }, now);
  await addSecret(store, secret, { now, of: url });
  const found = { url, secret, webhookId: webhook.id, intendedAt, replaces };
  return replaceRegistration(store, url, registration, found);
}

/** The secret is accepted before OnSync can sign with it, and the intention noted before OnSync knows of it. */
export async function createEndpoint(
  onsync: OnSync,
  store: RegistrationStore,
  before: Registration | null,
  { url, replaces }: Pick<Registration, "url" | "replaces">,
  now: () => number,
): Promise<Registration> {
  const secret = generateSecret();
  const intention = { url, secret, webhookId: null, replaces, intendedAt: now() };
  const intended = await replaceRegistration(store, url, before, intention);
  // A secret that an earlier version kept is not marked with its URL yet.
  if (before) await addSecret(store, before.secret, { now, of: url });
  await addSecret(store, secret, { now, of: url });
  const webhookId = await createWebhook(onsync, store, before, intended);
  try {
    const made = await replaceRegistration(store, url, intended, { ...intended, webhookId });
    // Those of an endpoint that is gone, or never came to be. A rotation retires the one it replaces when that is gone.
    if (replaces === null) await retireOtherSecrets(store, secret, now() + acceptOldSecretMs, { now, of: url });
    return made;
  } catch (error) {
    if (!(error instanceof RegistrationConflictError)) throw error;
    // This took so long that another took it to have died. It may have found the endpoint, or made its own.
    const current = await findRegistration(store, url);
    if (current?.webhookId === webhookId) return current;
    await removeWebhook(onsync, webhookId);
    throw error;
  }
}

/** @returns its id */
async function createWebhook(
  onsync: OnSync,
  store: RegistrationStore,
  before: Registration | null,
  intended: Registration,
): Promise<string> {
  const { url, secret } = intended;
  try {
    return (await onsync.webhooks.create({ url, events: [...eventTypes], secret })).id;
  } catch (error) {
    // Where it may have been made all the same, the next one looks for it.
    if (isOnSyncError(error) && !isErrorNamed(error, "UnknownOutcomeError"))
      await replaceRegistration(store, url, intended, before);
    throw error;
  }
}
