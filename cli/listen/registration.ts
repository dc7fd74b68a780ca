/**
 * The receivers' own webhook endpoints at OnSync, one for each public URL: registered by `listen --register`, remembered
 * in the event store so that a restart finds them again, exchanged by `listen rotate`, taken back by `--unregister`.
 */
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { eventTypes, type Webhook } from "../../src/api/index.ts";
import { isErrorNamed, isOnSyncError, type OnSync } from "../../src/client/index.ts";
import { addSecret, generateSecret, retireOtherSecrets } from "../../src/webhooks/receiver/secrets.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";

export type Registration = {
  url: string;
  secret: string;
  /** `null`: about to be registered. What is found after a crash there is ours, and taken over. */
  webhookId: string | null;
  /** When it was about to be, in milliseconds since 1970. */
  intendedAt: number;
  /** An endpoint that is being replaced, until what OnSync still has for it is delivered. */
  replaces: string | null;
  /** It is being taken back, by whom. */
  leaving?: string;
};

type Store = Pick<EventStore, "setting" | "swapSetting">;
type Registrations = Record<string, Registration>;

const settingName = "registrations";
/** Of versions that knew one URL a store. */
const formerName = "registration";

async function read(store: Store): Promise<{ text: string | null; all: Registrations }> {
  const text = await store.setting(settingName);
  if (text !== null) return { text, all: JSON.parse(text) as Registrations };
  const former = await store.setting(formerName);
  if (former === null) return { text, all: {} };
  const registration = JSON.parse(former) as Registration;
  return { text, all: { [registration.url]: registration } };
}

/** Somebody else changed the registration at the same time. */
class Overtaken extends Error {
  override readonly name = "Overtaken";

  constructor() {
    super("Another process is changing the registration of this event store: wait for it, then try again.");
  }
}

function same(one: Registration | null, other: Registration | null): boolean {
  return isDeepStrictEqual(one, other);
}

/** Changes one registration and leaves those of other URLs alone. @throws Overtaken where it is not `from` any more */
async function swap<To extends Registration | null>(
  store: Store,
  url: string,
  from: Registration | null,
  to: To,
): Promise<To> {
  for (;;) {
    const { text, all } = await read(store);
    const { [url]: is = null, ...others } = all;
    if (!same(is, from)) throw new Overtaken();
    if (await store.swapSetting(settingName, text, JSON.stringify(to === null ? others : { ...others, [url]: to })))
      return to;
  }
}

/** Of all URLs. */
export async function registrationsOf(store: Store): Promise<Registration[]> {
  return Object.values((await read(store)).all);
}

/** @param url which; the first there is by default */
export async function registrationOf(store: Store, url?: string): Promise<Registration | null> {
  return (await registrationsOf(store)).find((each) => url === undefined || each.url === url) ?? null;
}

/** @param deadlineMs milliseconds it may take; the client's own by default */
async function remove(onsync: OnSync, webhookId: string, deadlineMs?: number): Promise<void> {
  try {
    await onsync.webhooks.delete(webhookId, deadlineMs === undefined ? {} : { deadlineMs });
  } catch (error) {
    // Somebody was faster: what was wanted.
    if (!isErrorNamed(error, "NotFoundError")) throw error;
  }
}

/** How long after its endpoint is gone the old secret is accepted, for what is under way, in milliseconds. */
const oldSecretMs = 60 * 60 * 1000;

/** The secret is accepted before OnSync can sign with it, and the intention noted before OnSync knows of it. */
async function create(
  onsync: OnSync,
  store: Store,
  before: Registration | null,
  { url, replaces }: Pick<Registration, "url" | "replaces">,
  now: () => number,
): Promise<Registration> {
  const secret = generateSecret();
  const intended = await swap(store, url, before, { url, secret, webhookId: null, replaces, intendedAt: now() });
  // One of before this version is not marked with its URL yet.
  if (before) await addSecret(store, before.secret, { now, of: url });
  await addSecret(store, secret, { now, of: url });
  const id = await createWebhook(onsync, store, before, intended);
  try {
    const made = await swap(store, url, intended, { ...intended, webhookId: id });
    // Of an endpoint that is gone, or never came to be. A rotation retires the one it replaces when that is gone.
    if (replaces === null) await retireOtherSecrets(store, secret, now() + oldSecretMs, { now, of: url });
    return made;
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    // This took so long that another took it to have died. It may have found the endpoint, or made its own.
    const is = await registrationOf(store, url);
    if (is?.webhookId === id) return is;
    await remove(onsync, id);
    throw error;
  }
}

async function createWebhook(
  onsync: OnSync,
  store: Store,
  before: Registration | null,
  intended: Registration,
): Promise<string> {
  const { url, secret } = intended;
  try {
    return (await onsync.webhooks.create({ url, events: [...eventTypes], secret })).id;
  } catch (error) {
    // Where it may have been made all the same, the next one looks for it.
    if (isOnSyncError(error) && !isErrorNamed(error, "UnknownOutcomeError")) await swap(store, url, intended, before);
    throw error;
  }
}

function newestOf(webhooks: readonly Webhook[], url: string, except: string | null): Webhook | undefined {
  return webhooks
    .filter((webhook) => webhook.url === url && webhook.id !== except)
    .sort((one, other) => (one.createdAt ?? "").localeCompare(other.createdAt ?? ""))
    .at(-1);
}

export type Waiting = { sleep(ms: number): Promise<void>; now(): number };

/** How long another receiver is given to finish registering before it is taken to have died, in milliseconds. */
const registeringMs = 15_000;
const pauseMs = 250;

function isBusy({ webhookId, leaving }: Registration): boolean {
  return leaving !== undefined || webhookId === null;
}

/**
 * Has every event delivered to the URL. An endpoint this store registered before is used on, so that a restart loses
 * nothing OnSync still has for it; of several receivers that start at once, one registers.
 */
export async function register(
  onsync: OnSync,
  store: Store,
  url: string,
  { sleep, now }: Waiting,
): Promise<Registration> {
  let seen: Registration | null = null;
  let since = now();
  for (;;) {
    const registration = await registrationOf(store, url);
    // Whether it moves on counts, and not when it says it began: another machine's clock may be wrong.
    if (!same(registration, seen)) since = now();
    seen = registration;
    if (!registration || !isBusy(registration) || now() - since >= registeringMs) {
      try {
        return await registerNow(onsync, store, url, registration, now);
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error;
      }
    }
    await sleep(pauseMs);
  }
}

async function registerNow(
  onsync: OnSync,
  store: Store,
  url: string,
  registration: Registration | null,
  now: () => number,
): Promise<Registration> {
  if (!registration) return create(onsync, store, null, { url, replaces: null }, now);
  const { data } = await onsync.webhooks.list();
  const { secret, webhookId, replaces, intendedAt } = registration;
  const there = webhookId === null ? newestOf(data, url, replaces) : data.find((webhook) => webhook.id === webhookId);
  if (!there) return create(onsync, store, registration, { url, replaces }, now);
  await addSecret(store, secret, { now, of: url });
  return swap(store, url, registration, { url, secret, webhookId: there.id, intendedAt, replaces });
}

/** How long OnSync may take to remove an endpoint while a receiver stops, in milliseconds. */
const removeMs = 4000;

export type UnregisterOptions = {
  /** Whether another receiver needs the endpoint. */
  othersUse(url: string): Promise<boolean>;
  now(): number;
  say(message: string, fields?: object): void;
};

/**
 * Removes the endpoint at OnSync (what OnSync still has for it is dropped), unless another receiver needs it. Where OnSync
 * does not answer within a few seconds, the endpoint stays, and stays known: the next start uses it on.
 *
 * Say goodbye to the other receivers first (`presence.ts`): of two that stop at once, the last to do so removes it.
 */
export async function unregister(
  onsync: OnSync,
  store: Store,
  url: string,
  { othersUse, now, say }: UnregisterOptions,
): Promise<void> {
  try {
    const found = await registrationOf(store, url);
    if (!found) return;
    const { leaving: _another, ...registration } = found;
    // First the mark, then the look: one that starts meanwhile is seen, or sees the mark and waits.
    const leaving = await swap(store, url, found, { ...registration, leaving: randomUUID() });
    if (await othersUse(url)) {
      await swap(store, url, leaving, registration);
      return say("the endpoint stays registered: another receiver uses it", { url });
    }
    try {
      const { webhookId, replaces } = registration;
      // Of one that died while it registered, OnSync may have what the store does not know.
      const there =
        webhookId ?? newestOf((await onsync.webhooks.list({ deadlineMs: removeMs })).data, url, replaces)?.id ?? null;
      const ids = [there, replaces].filter((id) => id !== null);
      await Promise.all(ids.map((id) => remove(onsync, id, removeMs)));
    } catch (error) {
      await swap(store, url, leaving, registration);
      return say(
        "OnSync does not answer, so the endpoint stays registered: start the receiver again with the same --register URL to use it on, or to take it back (--unregister)",
        { url, err: error },
      );
    }
    await swap(store, url, leaving, null);
    await retireOtherSecrets(store, "", now() + oldSecretMs, { now, of: url });
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    say("the endpoint stays registered: another process is changing it", { url });
  }
}

export type RotationSteps = Waiting & {
  /** Milliseconds OnSync may take to deliver what it has for the old endpoint; its four attempts take a quarter of an hour. */
  drainMs: number;
  /** How long the old secret is accepted after that, in milliseconds. An hour by default. */
  acceptOldMs?: number;
  say(message: string): void;
};

/** Looks become rarer: each is a request of the org's thousand an hour. */
const firstLookMs = 500;
const rarestLookMs = 30_000;

/**
 * Replaces the endpoint by a new one with a new secret (the API has no way to change a secret): both are there until
 * OnSync has delivered everything it had for the old one, so that no event is lost, and an event that comes by both is
 * kept once. A rotation that was broken off is finished instead of begun again.
 *
 * @param url which endpoint; the only one by default
 */
export async function rotateRegistration(
  onsync: OnSync,
  store: Store,
  steps: RotationSteps,
  url?: string,
): Promise<Registration> {
  const registration = await registrationOf(store, url);
  if (!registration) throw new Error("There is no registration to rotate.");
  if (registration.leaving !== undefined) throw new Overtaken();
  const made = await replacementOf(onsync, store, registration, steps);
  if (made.replaces !== null) {
    await drained(onsync, made.replaces, steps);
    await remove(onsync, made.replaces);
  }
  const until = steps.now() + (steps.acceptOldMs ?? oldSecretMs);
  await retireOtherSecrets(store, made.secret, until, { now: steps.now, of: made.url });
  const finished = { ...made, replaces: null };
  return same(await registrationOf(store, made.url), finished) ? finished : swap(store, made.url, made, finished);
}

async function replacementOf(
  onsync: OnSync,
  store: Store,
  registration: Registration,
  steps: Waiting,
): Promise<Registration> {
  const { url, webhookId, replaces } = registration;
  if (replaces !== null)
    return webhookId === null ? registerNow(onsync, store, url, registration, steps.now) : registration;
  // A receiver registers just now, or died doing so: what it made is what is to be replaced.
  const there = webhookId === null ? await register(onsync, store, url, steps) : registration;
  return create(onsync, store, there, { url, replaces: there.webhookId }, steps.now);
}

async function drained(onsync: OnSync, webhookId: string, { drainMs, sleep, now, say }: RotationSteps): Promise<void> {
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
}
