/** The whole state of a reference, taken and put back. */
import type { ClockState } from "./clock.ts";
import { type Behaviour, BehaviourInput } from "./deviations/behaviour.ts";
import type { Fault } from "./deviations/faults.ts";
import { hashKey, registerKey } from "./inbox/keys.ts";
import type { Instance } from "./instance.ts";
import type { Dump } from "./store/database.ts";
import { schemaVersion } from "./store/schema.ts";

/** Those that lack tables and columns which are empty then, and nothing else. */
const earlierVersions = [2, 3, 4];

/** The whole state, as plain JSON. It holds webhook secrets, but of API keys only hashes. */
export type Snapshot = { version: number; clock: ClockState; faults: Fault[]; behaviour?: Behaviour; data: Dump };

export function takeSnapshot({ context, faults }: Instance): Snapshot {
  const { clock, behaviour, store } = context;
  return {
    version: schemaVersion,
    clock: clock.state(),
    faults: faults.list(),
    behaviour: behaviour.current,
    data: store.dump(),
  };
}

/** @throws Error with a sentence for a snapshot of a version that is neither this one nor one that is upgraded to it */
export async function restoreSnapshot(instance: Instance, snapshot: Snapshot): Promise<void> {
  const { keys, scopes, context, faults, scheduler, defaultOrg } = instance;
  const { store, behaviour, clock, changes } = context;
  if (snapshot.version !== schemaVersion && !earlierVersions.includes(snapshot.version)) {
    throw new Error(`The snapshot has format ${snapshot.version}; this version restores format ${schemaVersion}.`);
  }
  await scheduler.interrupt(() => {
    store.load(snapshot.data);
    // A snapshot of another reference does not know this one's keys.
    for (const key of keys) {
      if (!store.keys.byHash(hashKey(key))) registerKey(context, defaultOrg(), scopes, key);
    }
    faults.restore(snapshot.faults);
    // A snapshot of before there were behaviours has none.
    behaviour.set(BehaviourInput.parse(snapshot.behaviour ?? {}));
    clock.restore(snapshot.clock);
    changes.note({ kind: "everything" });
  });
}
