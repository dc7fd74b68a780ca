/**
 * Which receivers work on an event store, so that an endpoint they share is taken back by the last of them alone. Each
 * counts a number up; one whose number stands still has died. No times are compared: clocks of several machines differ.
 */
import { randomUUID } from "node:crypto";
import type { EventStore } from "../../src/webhooks/store/store.ts";

type Store = Pick<EventStore, "setting" | "swapSetting">;

/** What a receiver says of itself. `url`: what it registered; `null`: nothing, so it lives on whatever others did. */
type Sign = { url: string | null; beat: number };
type Signs = Record<string, Sign>;

const settingName = "receivers";

/** Milliseconds between two signs of life. */
export const beatMs = 2000;
/** After so many without one, a receiver is taken to be dead. */
export const lifeMs = 8000;
const pauseMs = 250;

export type Presence = {
  /**
   * Whether a receiver other than this one is alive that needs the endpoint of this URL. Where the last sign of one is
   * too old to tell and too young to give it up, this waits for the next, for up to {@link lifeMs}.
   */
  othersUse(url: string): Promise<boolean>;
  /** Says goodbye: others no longer count with this receiver. It may still ask about them. */
  leave(): Promise<void>;
};

export type PresenceOptions = {
  /** What this receiver registered. */
  url: string | null;
  /** @param signal the reason to stop */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Milliseconds of a clock that is never set. */
  now(): number;
  /** Done after each sign of life, unless it is being done. */
  onBeat?(): Promise<void>;
  /** Told what failed: the next sign of life comes all the same. */
  failed(error: unknown): void;
};

export async function joinReceivers(store: Store, options: PresenceOptions): Promise<Presence> {
  const { url, sleep, now, onBeat = async () => {}, failed } = options;
  const me = randomUUID();
  /** When another's number was first seen, and whether it has moved since that one was first heard of. */
  const seen = new Map<string, { beat: number; since: number; moved: boolean }>();
  let beat = 0;

  const read = async (): Promise<{ text: string | null; signs: Signs }> => {
    const text = await store.setting(settingName);
    const signs = text === null ? {} : (JSON.parse(text) as Signs);
    for (const id of seen.keys()) if (!(id in signs)) seen.delete(id);
    for (const [id, sign] of Object.entries(signs)) {
      const before = seen.get(id);
      if (id !== me && before?.beat !== sign.beat)
        seen.set(id, { beat: sign.beat, since: now(), moved: before !== undefined });
    }
    return { text, signs };
  };
  const change = async (changed: (signs: Signs) => Signs): Promise<void> => {
    for (;;) {
      const { text, signs } = await read();
      const next = changed(signs);
      if (await store.swapSetting(settingName, text, Object.keys(next).length > 0 ? JSON.stringify(next) : null))
        return;
    }
  };

  const isDead = (id: string): boolean => now() - (seen.get(id)?.since ?? now()) >= lifeMs;
  const others = (signs: Signs): string[] => Object.keys(signs).filter((id) => id !== me);

  const giveSign = (): Promise<void> =>
    change((signs) => {
      const alive = others(signs).filter((id) => !isDead(id));
      beat += 1;
      return { ...Object.fromEntries(alive.map((id) => [id, signs[id] as Sign])), [me]: { url, beat } };
    });

  await giveSign();
  const closing = new AbortController();
  let atWork = false;
  /** It may take long, and signs of life go on meanwhile. */
  const work = async (): Promise<void> => {
    if (atWork) return;
    atWork = true;
    await onBeat().catch(failed);
    atWork = false;
  };
  const beating = (async () => {
    while (!closing.signal.aborted) {
      await sleep(beatMs, closing.signal).catch(() => {});
      if (closing.signal.aborted) return;
      await giveSign().then(() => void work(), failed);
    }
  })();

  return {
    async othersUse(wanted) {
      for (;;) {
        const { signs } = await read();
        const users = others(signs).filter((id) => [wanted, null].includes((signs[id] as Sign).url) && !isDead(id));
        if (users.length === 0) return false;
        if (users.some((id) => seen.get(id)?.moved)) return true;
        await sleep(pauseMs);
      }
    },
    async leave() {
      closing.abort();
      await beating;
      await change((signs) => Object.fromEntries(Object.entries(signs).filter(([id]) => id !== me)));
    },
  };
}

/** Of a file, which one receiver has at a time. */
export const aloneOnStore: Presence = { othersUse: async () => false, leave: async () => {} };
