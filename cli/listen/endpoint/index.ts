/** A receiver's endpoint at OnSync, from the receiver's start to its end, among other receivers on the same events. */
import type { OnSync } from "../../../src/client/index.ts";
import type { EventLogger } from "../../../src/webhooks/logger.ts";
import { ReceiverGroup } from "./receiver-group.ts";
import { register } from "./register.ts";
import { findRegistration, listRegistrations, type Registration, type RegistrationStore } from "./registrations.ts";
import { unregister } from "./unregister.ts";

export type EndpointOptions = {
  store: RegistrationStore;
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
  const { store, registered: wanted, clock, log } = options;
  const registerUrl = async () => (wanted ? register(wanted.onsync, store, wanted.url, clock) : null);
  // Before it looks at the endpoint: one that stops meanwhile leaves it alone.
  const group = options.shared ? await joinGroup(options, registerUrl) : null;
  try {
    const registered = await registerUrl();
    if (registered) await logOtherEndpoints(store, registered.url, log);
    return {
      registered,
      async close() {
        await group?.leave();
        if (!wanted?.takeBack) return;
        await unregister(wanted.onsync, store, wanted.url, {
          // A file has one receiver at a time.
          isUsedByOthers: async (url) => (await group?.isUsedByOthers(url)) ?? false,
          now: clock.now,
          warn: (message, fields) => log("warn", message, fields),
        });
      },
    };
  } catch (error) {
    await group?.leave();
    throw error;
  }
}

function joinGroup(
  { store, registered, clock, monotonic, log }: EndpointOptions,
  registerUrl: () => Promise<unknown>,
): Promise<ReceiverGroup> {
  const url = registered?.url ?? null;
  return ReceiverGroup.join(store, {
    url,
    sleep: clock.sleep,
    now: monotonic,
    // It was taken back by one that took this receiver to be dead: a machine that slept.
    onHeartbeat: async () => {
      if (url !== null && (await findRegistration(store, url)) === null) await registerUrl();
    },
    onError: (err) => log("warn", "the other receivers cannot be told that this one is alive", { err }),
  });
}

async function logOtherEndpoints(store: RegistrationStore, url: string, log: EventLogger): Promise<void> {
  const urls = (await listRegistrations(store)).map((each) => each.url).filter((each) => each !== url);
  if (urls.length === 0) return;
  log("info", "endpoints of other URLs are registered as well: --register URL --unregister takes one back", { urls });
}
