/**
 * The secrets a receiver accepts: those it was started with, and those kept in the event store, where a rotation puts the
 * new one for every receiver on that store.
 */
import { randomBytes } from "node:crypto";
import { type Clock, systemClock } from "../client/clock.ts";
import type { Secrets } from "./receiver.ts";
import type { EventStore } from "./store.ts";

type Kept = { secret: string; until: number | null };

const settingName = "secrets";

export const generateSecret = (): string => `whsec_${randomBytes(24).toString("base64url")}`;

type Settings = Pick<EventStore, "setting" | "swapSetting">;

const parse = (text: string | null): Kept[] => (text === null ? [] : (JSON.parse(text) as Kept[]));

const change = async (store: Settings, now: number, changed: (kept: Kept[]) => Kept[]): Promise<void> => {
  for (;;) {
    const text = await store.setting(settingName);
    const kept = changed(parse(text)).filter(({ until }) => until === null || until > now);
    if (await store.swapSetting(settingName, text, JSON.stringify(kept))) return;
  }
};

/** From when this resolves, receivers on the store accept deliveries signed with it, beside those they accept already. */
export const addSecret = (store: Settings, secret: string, { now }: Pick<Clock, "now"> = systemClock): Promise<void> =>
  change(store, now(), (kept) => [{ secret, until: null }, ...kept.filter((each) => each.secret !== secret)]);

/** Kept secrets other than this one are accepted until then, for what is still under way, and no longer. */
export const retireOtherSecrets = (
  store: Settings,
  secret: string,
  until: number,
  { now }: Pick<Clock, "now"> = systemClock,
): Promise<void> =>
  change(store, now(), (kept) =>
    kept.map((each) => (each.secret === secret ? each : { ...each, until: Math.min(each.until ?? until, until) })),
  );

/**
 * @param own secrets from outside the store (ONSYNC_WEBHOOK_SECRETS), newest first
 */
export const secretsOf = async (
  store: Pick<EventStore, "setting">,
  own: readonly string[],
  { now }: Pick<Clock, "now"> = systemClock,
): Promise<Required<Secrets>> => {
  let seen = await store.setting(settingName);
  let kept = parse(seen);
  /** One look at a time serves everybody who asked before it began: forgeries cannot make it many. */
  let asking: Promise<boolean> | undefined;
  let next: Promise<boolean> | undefined;

  const look = async (): Promise<boolean> => {
    const found = await store.setting(settingName);
    if (found === seen) return false;
    kept = parse(found);
    seen = found;
    return true;
  };
  const start = (): Promise<boolean> => {
    next = undefined;
    asking = look().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    current: () => {
      const valid = kept.filter(({ until }) => until === null || until > now()).map(({ secret }) => secret);
      return [...new Set([...valid, ...own])];
    },
    refresh: () => {
      if (!asking) return start();
      next ??= asking.then(start, start);
      return next;
    },
  };
};
