/**
 * What the event store remembers of the receivers' own webhook endpoints, one for each public URL, so that a restart finds
 * them again.
 */
import { isDeepStrictEqual } from "node:util";
import type { EventStore } from "../../../src/webhooks/store/store.ts";

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

export type RegistrationStore = Pick<EventStore, "setting" | "swapSetting">;
type Registrations = Record<string, Registration>;

const settingName = "registrations";
/** Of versions that knew one URL a store. */
const formerSettingName = "registration";

/** How long after its endpoint is gone a secret is accepted, for what is under way, in milliseconds. */
export const acceptOldSecretMs = 60 * 60 * 1000;

/** Somebody else changed the registration at the same time. */
export class RegistrationConflictError extends Error {
  override readonly name = "RegistrationConflictError";

  constructor() {
    super("Another process is changing the registration of this event store: wait for it, then try again.");
  }
}

async function readRegistrations(store: RegistrationStore): Promise<{ text: string | null; all: Registrations }> {
  const text = await store.setting(settingName);
  if (text !== null) return { text, all: JSON.parse(text) as Registrations };
  const former = await store.setting(formerSettingName);
  if (former === null) return { text, all: {} };
  const registration = JSON.parse(former) as Registration;
  return { text, all: { [registration.url]: registration } };
}

/** Of all URLs. */
export async function listRegistrations(store: RegistrationStore): Promise<Registration[]> {
  return Object.values((await readRegistrations(store)).all);
}

/** @param url which; the first there is by default */
export async function findRegistration(store: RegistrationStore, url?: string): Promise<Registration | null> {
  return (await listRegistrations(store)).find((each) => url === undefined || each.url === url) ?? null;
}

export function isSameRegistration(one: Registration | null, other: Registration | null): boolean {
  return isDeepStrictEqual(one, other);
}

/**
 * Changes one registration and leaves those of other URLs alone.
 *
 * @param from what it must be now; `null`: none
 * @param to `null`: none any more
 * @throws RegistrationConflictError where it is not `from` any more
 */
export async function replaceRegistration<To extends Registration | null>(
  store: RegistrationStore,
  url: string,
  from: Registration | null,
  to: To,
): Promise<To> {
  for (;;) {
    const { text, all } = await readRegistrations(store);
    const { [url]: current = null, ...others } = all;
    if (!isSameRegistration(current, from)) throw new RegistrationConflictError();
    const next = JSON.stringify(to === null ? others : { ...others, [url]: to });
    if (await store.swapSetting(settingName, text, next)) return to;
  }
}
