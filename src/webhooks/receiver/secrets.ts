/**
 * The secrets a receiver accepts: those it was started with, and those kept in the event store, where a rotation puts the
 * new one for every receiver on that store, and retires the one it replaces.
 */
import { createHash, randomBytes } from "node:crypto";
import { type Clock, systemClock } from "../../client/clock.ts";
import type { EventStore } from "../store/store.ts";

/** The secrets deliveries may be signed with. */
export type Secrets = {
  /** Newest first. */
  current(): readonly string[];
  /** Looks for new ones before a delivery is refused; whether there are any. A rotation then refuses nobody. */
  refresh?(): Promise<boolean>;
};

/**
 * Secrets that do not change.
 *
 * @throws TypeError when there is none
 */
export function fixSecrets(list: readonly string[]): Secrets {
  if (list.every((secret) => secret === ""))
    throw new TypeError("createReceiver: no secret given; pass the endpoint's secret, or several while rotating");
  return { current: () => list };
}

type KeptSecret = {
  secret: string;
  /** Milliseconds since 1970; `null`: until it is replaced. */
  until: number | null;
  /** The registered URL it is for; none: it was printed, for an endpoint that somebody made by hand. */
  of?: string;
};
/** What is left of a secret whose time is over: its SHA-256, so that nobody's environment brings it back. */
type RetiredSecret = { retired: string };

const settingName = "secrets";

/** Retired secrets remembered; the oldest are forgotten. */
const maxRetired = 100;

export function generateSecret(): string {
  return `whsec_${randomBytes(24).toString("base64url")}`;
}

type Settings = Pick<EventStore, "setting" | "swapSetting">;

function parseSetting(text: string | null): { kept: KeptSecret[]; retired: string[] } {
  const all = text === null ? [] : (JSON.parse(text) as (KeptSecret | RetiredSecret)[]);
  return {
    kept: all.filter((each) => "secret" in each),
    retired: all.filter((each) => "retired" in each).map((each) => each.retired),
  };
}

function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function isExpired({ until }: KeptSecret, now: number): boolean {
  return until !== null && until <= now;
}

async function changeSecrets(
  store: Settings,
  now: number,
  update: (kept: KeptSecret[]) => KeptSecret[],
): Promise<void> {
  for (;;) {
    const text = await store.setting(settingName);
    const before = parseSetting(text);
    const all = update(before.kept);
    const kept = all.filter((each) => !isExpired(each, now));
    const retired = [
      ...before.retired,
      ...all.filter((each) => isExpired(each, now)).map(({ secret }) => hashSecret(secret)),
    ]
      // One that is accepted again was added again, on purpose.
      .filter((hash) => !kept.some(({ secret }) => hashSecret(secret) === hash))
      .slice(-maxRetired);
    const next = JSON.stringify([...kept, ...[...new Set(retired)].map((hash) => ({ retired: hash }))]);
    if (next === text || (await store.swapSetting(settingName, text, next))) return;
  }
}

/**
 * From when this resolves, receivers on the store accept deliveries signed with it, beside those they accept already.
 *
 * @param of the registered URL it is for, where there is one
 */
export function addSecret(
  store: Settings,
  secret: string,
  { now = systemClock.now, of }: { now?: Clock["now"]; of?: string } = {},
): Promise<void> {
  return changeSecrets(store, now(), (kept) => {
    const added: KeptSecret = { secret, until: null, ...(of !== undefined && { of }) };
    // One that is there keeps its place: the first signs what is handed on.
    const there = kept.some((each) => each.secret === secret);
    return there ? kept.map((each) => (each.secret === secret ? added : each)) : [added, ...kept];
  });
}

/**
 * Kept secrets other than this one are accepted until then, for what is still under way, and no longer: not even where a
 * receiver is started with them.
 *
 * @param until milliseconds since 1970
 * @param of only those of this registered URL; `null`: only those that were printed. All of them by default.
 */
export function retireOtherSecrets(
  store: Settings,
  secret: string,
  until: number,
  { now = systemClock.now, of }: { now?: Clock["now"]; of?: string | null } = {},
): Promise<void> {
  return changeSecrets(store, now(), (kept) =>
    kept.map((each) =>
      each.secret === secret || (of !== undefined && (each.of ?? null) !== of)
        ? each
        : { ...each, until: Math.min(each.until ?? until, until) },
    ),
  );
}

/**
 * @param own secrets from outside the store (ONSYNC_WEBHOOK_SECRETS), newest first. They count for as long as they are
 *   given, unless the store has retired them.
 */
export async function loadSecrets(
  store: Pick<EventStore, "setting">,
  own: readonly string[],
  { now }: Pick<Clock, "now"> = systemClock,
): Promise<Required<Secrets>> {
  const hashes = new Map(own.map((secret) => [secret, hashSecret(secret)]));
  let loaded = await store.setting(settingName);
  let { kept, retired } = parseSetting(loaded);
  /** One load at a time serves everybody who asked before it began: forgeries cannot make it many. */
  let loading: Promise<boolean> | undefined;
  let nextLoad: Promise<boolean> | undefined;

  const loadAgain = async (): Promise<boolean> => {
    const found = await store.setting(settingName);
    if (found === loaded) return false;
    ({ kept, retired } = parseSetting(found));
    loaded = found;
    return true;
  };
  const startLoading = (): Promise<boolean> => {
    nextLoad = undefined;
    loading = loadAgain().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  return {
    current: () => {
      const time = now();
      const expired = new Set(kept.filter((each) => isExpired(each, time)).map(({ secret }) => secret));
      const valid = kept.map(({ secret }) => secret).filter((secret) => !expired.has(secret));
      const validOwn = own.filter((secret) => !expired.has(secret) && !retired.includes(hashes.get(secret) as string));
      return [...new Set([...valid, ...validOwn])];
    },
    refresh: () => {
      if (!loading) return startLoading();
      nextLoad ??= loading.then(startLoading, startLoading);
      return nextLoad;
    },
  };
}
