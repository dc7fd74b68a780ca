/**
 * What a run without a Client Reference leaves behind before it sends: a reference, under what it is about to send. Zapier
 * gives a run no identity that its replay shares, so that this is all a replay of a run that was cut off or halted can be
 * known by. It is forgotten when it is certain how the run ended: then the same words are another message. What Zapier may cut
 * off, as its time is nearly over, is not certain.
 */
import { randomUUID } from "node:crypto";
import type { ScopedCache } from "../connection/cache.ts";

/** How long a run whose end is not known is remembered, in seconds: a day. */
const runMemorySeconds = 24 * 60 * 60;

export type RememberedRun = {
  reference: string;
  /** Whether an earlier run left it: one that was cut off or halted, or one that is sending now. */
  isEarlier: boolean;
};

/**
 * @param key names what is sent
 * @throws Error where the cache cannot be asked: nothing may be sent then
 */
export async function rememberRun(cache: ScopedCache, key: string): Promise<RememberedRun> {
  const reference = randomUUID();
  // The one that was there can be forgotten between the two calls.
  for (let attempt = 0; attempt < 2; attempt++) {
    if ((await cache.set(key, reference, runMemorySeconds, true)) === true) return { reference, isEarlier: false };
    const there = await cache.get(key);
    // A platform that asked twice on the way is told no by its own first.
    if (typeof there === "string") return { reference: there, isEarlier: there !== reference };
  }
  throw new Error("Zapier's cache forgets what it is told");
}

/**
 * How late a run that sent is forgotten, in milliseconds of its step. Zapier counts 30 seconds, of which starting the app
 * takes some as well: a run that is forgotten by now has answered long before it would be cut off.
 */
const maxForgettingMs = 15_000;

/**
 * Where it is not forgotten, a run with the same words looks for this one's message first.
 *
 * @param elapsedMs how long a step that sent has taken
 */
export async function forgetRun(cache: ScopedCache, key: string, elapsedMs = 0): Promise<void> {
  if (elapsedMs < maxForgettingMs) await cache.delete(key).catch(() => undefined);
}
