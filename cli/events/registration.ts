/**
 * The receiver's own webhook endpoint at OnSync: registered by `listen --register`, remembered in the event store so that
 * a restart finds it again, exchanged by `listen rotate`.
 */
import { eventTypes, type Webhook } from "../../src/api/index.ts";
import { isErrorNamed, type OnSync } from "../../src/client/index.ts";
import { addSecret, generateSecret, retireOtherSecrets } from "../../src/events/secrets.ts";
import type { EventStore } from "../../src/events/store.ts";

export type Registration = {
  url: string;
  secret: string;
  /** `null`: about to be registered. What is found after a crash there is ours, and taken over. */
  webhookId: string | null;
  /** When it was about to be, in milliseconds since 1970. */
  intendedAt: number;
  /** An endpoint that is being replaced, until what OnSync still has for it is delivered. */
  replaces: string | null;
};

type Store = Pick<EventStore, "setting" | "swapSetting">;

const settingName = "registration";

const read = async (store: Store): Promise<{ text: string | null; registration: Registration | null }> => {
  const text = await store.setting(settingName);
  return { text, registration: text === null ? null : (JSON.parse(text) as Registration) };
};

/** Somebody else changed the registration at the same time. */
class Overtaken extends Error {
  override readonly name = "Overtaken";

  constructor() {
    super("Another process is changing the registration of this event store: wait for it, then try again.");
  }
}

const swap = async (store: Store, from: string | null, to: Registration | null): Promise<string | null> => {
  const text = to === null ? null : JSON.stringify(to);
  if (await store.swapSetting(settingName, from, text)) return text;
  throw new Overtaken();
};

export const registrationOf = async (store: Store): Promise<Registration | null> => (await read(store)).registration;

const remove = async (onsync: OnSync, webhookId: string): Promise<void> => {
  try {
    await onsync.webhooks.delete(webhookId);
  } catch (error) {
    // Somebody was faster: what was wanted.
    if (!isErrorNamed(error, "NotFoundError")) throw error;
  }
};

/** The secret is accepted before OnSync can sign with it, and the intention noted before OnSync knows of it. */
const create = async (
  onsync: OnSync,
  store: Store,
  before: string | null,
  { url, replaces }: Pick<Registration, "url" | "replaces">,
  now: number,
): Promise<Registration> => {
  const intended: Registration = { url, secret: generateSecret(), webhookId: null, replaces, intendedAt: now };
  const text = await swap(store, before, intended);
  await addSecret(store, intended.secret);
  const { id } = await onsync.webhooks.create({ url, events: [...eventTypes], secret: intended.secret });
  const made = { ...intended, webhookId: id };
  await swap(store, text, made);
  return made;
};

const newestOf = (webhooks: readonly Webhook[], url: string, except: string | null): Webhook | undefined =>
  webhooks
    .filter((webhook) => webhook.url === url && webhook.id !== except)
    .sort((one, other) => (one.createdAt ?? "").localeCompare(other.createdAt ?? ""))
    .at(-1);

export type Waiting = { sleep(ms: number): Promise<void>; now(): number };

/** How long another receiver is given to finish registering before it is taken to have died, in milliseconds. */
const registeringMs = 15_000;
const pauseMs = 250;

/**
 * Has all six events delivered to the URL. An endpoint this store registered before is used on, so that a restart loses
 * nothing OnSync still has for it; of several receivers that start at once, one registers.
 */
export const register = async (
  onsync: OnSync,
  store: Store,
  url: string,
  { sleep, now }: Waiting,
): Promise<Registration> => {
  for (;;) {
    const { text, registration } = await read(store);
    const busy = registration?.webhookId === null && now() - registration.intendedAt < registeringMs;
    if (!busy) {
      try {
        return await registerNow(onsync, store, url, text, registration, now());
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
    await sleep(pauseMs);
  }
};

const registerNow = async (
  onsync: OnSync,
  store: Store,
  url: string,
  text: string | null,
  registration: Registration | null,
  now: number,
): Promise<Registration> => {
  if (registration?.url !== url) return create(onsync, store, text, { url, replaces: null }, now);
  const { data } = await onsync.webhooks.list();
  const { webhookId, replaces, secret } = registration;
  const there = webhookId === null ? newestOf(data, url, replaces) : data.find((webhook) => webhook.id === webhookId);
  if (!there) return create(onsync, store, text, { url, replaces }, now);
  await addSecret(store, secret);
  const found = { ...registration, webhookId: there.id };
  await swap(store, text, found);
  return found;
};

/** Removes the endpoint at OnSync: what OnSync still has for it is dropped. */
export const unregister = async (onsync: OnSync, store: Store): Promise<void> => {
  const { text, registration } = await read(store);
  if (!registration) return;
  for (const id of [registration.webhookId, registration.replaces]) if (id !== null) await remove(onsync, id);
  await swap(store, text, null);
};

/** How long after its endpoint is gone the old secret is accepted, for what is under way, in milliseconds. */
const oldSecretMs = 60 * 60 * 1000;

export type RotationSteps = Waiting & {
  /** Milliseconds OnSync may take to deliver what it has for the old endpoint; its four attempts take a quarter of an hour. */
  drainMs: number;
  say(message: string): void;
};

/** Looks become rarer: each is a request of the org's thousand an hour. */
const firstLookMs = 500;
const rarestLookMs = 30_000;

/**
 * Replaces the endpoint by a new one with a new secret (the API has no way to change a secret): both are there until
 * OnSync has delivered everything it had for the old one, so that no event is lost, and an event that comes by both is
 * kept once. A rotation that was broken off is finished instead of begun again.
 */
export const rotateRegistration = async (onsync: OnSync, store: Store, steps: RotationSteps): Promise<Registration> => {
  const { text, registration } = await read(store);
  if (!registration) throw new Error("There is no registration to rotate.");
  const made =
    registration.replaces === null
      ? await create(onsync, store, text, { url: registration.url, replaces: registration.webhookId }, steps.now())
      : registration.webhookId === null
        ? await registerNow(onsync, store, registration.url, text, registration, steps.now())
        : registration;
  if (made.replaces !== null) {
    await drained(onsync, made.replaces, steps);
    await remove(onsync, made.replaces);
  }
  await retireOtherSecrets(store, made.secret, steps.now() + oldSecretMs);
  const finished = { ...made, replaces: null };
  await swap(store, (await read(store)).text, finished);
  return finished;
};

const drained = async (
  onsync: OnSync,
  webhookId: string,
  { drainMs, sleep, now, say }: RotationSteps,
): Promise<void> => {
  const until = now() + drainMs;
  let told = false;
  for (let waitMs = firstLookMs; ; waitMs = Math.min(2 * waitMs, rarestLookMs)) {
    const old = (await onsync.webhooks.list()).data.find(({ id }) => id === webhookId);
    // An API that does not tell is given the time all its attempts can take.
    const pending = old ? (old.stats?.pending ?? Number.POSITIVE_INFINITY) : 0;
    const left = until - now();
    if (pending === 0 || left <= 0) return;
    if (!told) say(`Waiting until OnSync has delivered what it still has for the old endpoint ${webhookId}.`);
    told = true;
    await sleep(Math.min(waitMs, left));
  }
};
