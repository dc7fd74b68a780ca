/** What a reference always has: the state it was left in, the default org, its keys, the demo data. */
import { setCarrier } from "./automation/carrier.ts";
import { CarrierInput } from "./automation/input.ts";
import { type ClockState, realTime } from "./clock.ts";
import { BehaviourInput, documentedBehaviour } from "./deviations/behaviour.ts";
import type { Fault } from "./deviations/faults.ts";
import { hashKey, registerKey } from "./inbox/keys.ts";
import { createOrg } from "./inbox/orgs.ts";
import type { Instance } from "./instance.ts";
import { seedDemo } from "./seed.ts";

const defaultRateLimit = 1000;

export function readRateLimit({ options }: Instance): number {
  return options.rateLimit ?? defaultRateLimit;
}

/** On a data file that was used before, what it holds stays: a key that was revoked in it is not let in again. */
export function setUp(instance: Instance): void {
  const { options, context } = instance;
  const { store } = context;
  store.transaction(() => {
    restoreSettings(instance);
    const isNew = store.settings.get("default_org") === undefined;
    if (isNew) {
      const org = createOrg(context, { name: "default", rateLimit: readRateLimit(instance) });
      store.settings.set("default_org", org.id);
    } else if (options.rateLimit !== undefined) store.orgs.setRateLimit(instance.defaultOrg(), options.rateLimit);
    admitKeys(instance);
    if (options.carrier !== undefined && store.settings.get("carrier") === undefined) {
      setCarrier(context, CarrierInput.parse({ mode: options.carrier }));
    }
    if (isNew && options.seed === "demo") seedDemo(context, instance.defaultOrg());
  });
}

/** The clock, and what a test asked for: without them a restart would be another API all at once. */
function restoreSettings({ context, faults }: Instance): void {
  const { clock, behaviour } = context;
  const read = (name: "clock" | "faults" | "behaviour"): unknown => {
    const kept = context.store.settings.get(name);
    return kept === undefined ? undefined : JSON.parse(kept);
  };
  faults.restore((read("faults") as Fault[] | undefined) ?? faults.list());
  const keptBehaviour = read("behaviour");
  behaviour.set(keptBehaviour === undefined ? behaviour.current : BehaviourInput.parse(keptBehaviour));
  clock.restore((read("clock") as ClockState | undefined) ?? clock.state());
}

function admitKeys({ options, keys, scopes, context, defaultOrg, log }: Instance): void {
  for (const key of options.refusedKeys ?? []) context.store.keys.forget(hashKey(key));
  for (const key of keys) {
    const { prefix, revokedAt } = registerKey(context, defaultOrg(), scopes, key);
    if (revokedAt === null) continue;
    const message = `The key ${prefix}… was revoked in this data file, and stays so: give another one.`;
    log({ level: "warn", message, requestId: "", method: "", path: "", status: 401 });
  }
}

/** Puts everything back to how the reference started. */
export async function resetInstance(instance: Instance): Promise<void> {
  const { options, context, scheduler, faults, console } = instance;
  await scheduler.interrupt(() => {
    // Together with what the demo data changes: who looks on must not first ask about an org that is gone.
    context.changes.note({ kind: "everything" });
    context.store.transaction(() => {
      context.store.clear();
      faults.clear();
      context.behaviour.set(documentedBehaviour);
      context.clock.restore(realTime);
      setUp(instance);
    });
    context.counters.clear();
    console?.requests.clear();
  });
  await options.onReset?.();
}

/** Keys that were for this run only let nobody in any more. */
export function revokeKeys({ keys, context: { store, clock } }: Instance): void {
  for (const key of keys) {
    const known = store.keys.byHash(hashKey(key));
    if (known) store.keys.revoke(known.id, clock.now());
  }
}
