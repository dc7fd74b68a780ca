/**
 * One OnSync and all of Zapier around it: a reference API behind a tap, a cache, the log that Zapier keeps, and the runs.
 * Several worlds share a platform's processes and its port, and nothing else.
 */
import { createReference, type Reference, type ReferenceOptions } from "../../reference/index.ts";
import { type CacheStore, createCacheStore } from "./cache.ts";
import type { PlatformClock } from "./clock.ts";
import { Tap } from "./tap.ts";

/** One line of the log, as the platform core sends it to Zapier. */
export type LogLine = { run: string; message: string; data: Record<string, unknown> };

export type World = {
  name: string;
  clock: PlatformClock;
  reference: Reference;
  /** Whether OnSync tells whose a key is. */
  tellsOrg: boolean;
  tap: Tap;
  cache: CacheStore;
  cursors: Map<string, string>;
  logs: LogLine[];
  /** Where the app finds OnSync. */
  baseUrl: string;
  /** Moves the time on, through the late work that falls due on the way. */
  jump(ms: number): Promise<void>;
  close(): Promise<void>;
};

export function createWorld(name: string, origin: string, clock: PlatformClock, options: ReferenceOptions = {}): World {
  const reference = createReference({ clock: clock.now, sleep: (ms) => clock.sleep(ms), ...options });
  const tap = new Tap(reference, clock);
  return {
    name,
    clock,
    reference,
    tellsOrg: options.extensions ?? true,
    tap,
    cache: createCacheStore(clock.now),
    cursors: new Map(),
    logs: [],
    baseUrl: `${origin}/worlds/${name}/v1`,
    jump: async (ms) => {
      clock.jump(ms);
      await tap.finishLateWork();
    },
    close: () => reference.close(),
  };
}
