/** A receiver's endpoint at OnSync, from the receiver's start to its end, among other receivers on the same events. */
import type { OnSync } from "../../src/client/index.ts";
import type { EventLogger } from "../../src/webhooks/logger.ts";
import type { EventStore } from "../../src/webhooks/store/store.ts";
import { aloneOnStore, joinReceivers } from "./presence.ts";
import { type Registration, register, registrationOf, registrationsOf, unregister } from "./registration.ts";

export type EndpointOptions = {
  store: Pick<EventStore, "setting" | "swapSetting">;
  /** `null`: nothing is registered, and the receiver lives on what others registered. */
  registered: { onsync: OnSync; url: string; takeBack: boolean } | null;
  /** Whether other receivers may work on the store. */
  shared: boolean;
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  /** Milliseconds of a clock that is never set. */
  monotonic(): number;
  log: EventLogger;
};

export type Endpoint = {
  registered: Registration | null;
  /** Takes the endpoint back if that was asked for and no other receiver needs it. */
  close(): Promise<void>;
};

/** Call it once deliveries can be answered. @throws what registering fails with; then nothing is left to close */
export async function openEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { store, registered: wanted, shared, clock, monotonic, log } = options;
  const url = wanted?.url ?? null;
  const registerUrl = async () => (wanted ? register(wanted.onsync, store, wanted.url, clock) : null);
  // Before it looks at the endpoint: one that stops meanwhile leaves it alone.
  const presence = shared
    ? await joinReceivers(store, {
        url,
        sleep: clock.sleep,
        now: monotonic,
        // It was taken back by one that took this receiver to be dead: a machine that slept.
        onBeat: async () => {
          if (url !== null && (await registrationOf(store, url)) === null) await registerUrl();
        },
        failed: (err) => log("warn", "the other receivers cannot be told that this one is alive", { err }),
      })
    : aloneOnStore;
  try {
    const registered = await registerUrl();
    if (registered) await nameOthers(store, registered.url, log);
    return {
      registered,
      async close() {
        await presence.leave();
        if (!wanted?.takeBack) return;
        const say = (message: string, fields?: object) => log("warn", message, fields);
        await unregister(wanted.onsync, store, wanted.url, { othersUse: presence.othersUse, now: clock.now, say });
      },
    };
  } catch (error) {
    await presence.leave();
    throw error;
  }
}

async function nameOthers(store: EndpointOptions["store"], url: string, log: EventLogger): Promise<void> {
  const urls = (await registrationsOf(store)).map((each) => each.url).filter((each) => each !== url);
  if (urls.length === 0) return;
  log("info", "endpoints of other URLs are registered as well: --register URL --unregister takes one back", { urls });
}
