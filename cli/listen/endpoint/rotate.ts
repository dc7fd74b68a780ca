/** `listen rotate`: replaces a registered endpoint by one with a new secret. */
import type { Clock } from "../../../src/client/clock.ts";
import type { OnSync } from "../../../src/client/index.ts";
import { retireOtherSecrets } from "../../../src/webhooks/receiver/secrets.ts";
import { createEndpoint, register, registerNow } from "./register.ts";
import {
  acceptOldSecretMs,
  findRegistration,
  isSameRegistration,
  type Registration,
  RegistrationConflictError,
  type RegistrationStore,
  replaceRegistration,
} from "./registrations.ts";
import { removeWebhook } from "./webhooks.ts";

export type RotationOptions = Clock & {
  /** Milliseconds OnSync may take to deliver what it has for the old endpoint; its four attempts take a quarter of an hour. */
  drainMs: number;
  /** How long the old secret is accepted after that, in milliseconds. An hour by default. */
  acceptOldMs?: number | undefined;
  say(message: string): void;
};

/** How often OnSync is asked what it still has. It becomes rarer: each is a request of the org's thousand an hour. */
const firstPollMs = 500;
const maxPollMs = 30_000;

/**
 * Replaces the endpoint by a new one with a new secret (the API has no way to change a secret): both are there until
 * OnSync has delivered everything it had for the old one, so that no event is lost, and an event that comes by both is
 * kept once. A rotation that was broken off is finished instead of begun again.
 *
 * @param url which endpoint; the only one by default
 */
export async function rotateRegistration(
  onsync: OnSync,
  store: RegistrationStore,
  options: RotationOptions,
  url?: string,
): Promise<Registration> {
  const { now, acceptOldMs = acceptOldSecretMs } = options;
  const registration = await findRegistration(store, url);
  if (!registration) throw new Error("There is no registration to rotate.");
  if (registration.leaving !== undefined) throw new RegistrationConflictError();
  const made = await createReplacement(onsync, store, registration, options);
  if (made.replaces !== null) {
    await waitUntilDrained(onsync, made.replaces, options);
    await removeWebhook(onsync, made.replaces);
  }
  await retireOtherSecrets(store, made.secret, now() + acceptOldMs, { now, of: made.url });
  const finished = { ...made, replaces: null };
  if (isSameRegistration(await findRegistration(store, made.url), finished)) return finished;
  return replaceRegistration(store, made.url, made, finished);
}

/** The new endpoint beside the old one, whose id it has in `replaces`. */
async function createReplacement(
  onsync: OnSync,
  store: RegistrationStore,
  registration: Registration,
  clock: Clock,
): Promise<Registration> {
  const { url, webhookId, replaces } = registration;
  if (replaces !== null)
    return webhookId === null ? registerNow(onsync, store, url, registration, clock.now) : registration;
  // A receiver registers just now, or died doing so: what it made is what is to be replaced.
  const old = webhookId === null ? await register(onsync, store, url, clock) : registration;
  return createEndpoint(onsync, store, old, { url, replaces: old.webhookId }, clock.now);
}

async function waitUntilDrained(
  onsync: OnSync,
  webhookId: string,
  { drainMs, sleep, now, say }: RotationOptions,
): Promise<void> {
  const until = now() + drainMs;
  let isTold = false;
  for (let waitMs = firstPollMs; ; waitMs = Math.min(2 * waitMs, maxPollMs)) {
    const old = (await onsync.webhooks.list()).data.find(({ id }) => id === webhookId);
    // An API that does not tell is given the time all its attempts can take.
    const pending = old ? (old.stats?.pending ?? Number.POSITIVE_INFINITY) : 0;
    const left = until - now();
    if (pending === 0 || left <= 0) return;
    if (!isTold) say(`Waiting until OnSync has delivered what it still has for the old endpoint ${webhookId}.`);
    isTold = true;
    await sleep(Math.min(waitMs, left));
  }
}
