/** What every part of the reference works on: its data, its time, its ids, and who is told of changes. */
import type { Changes } from "./changes.ts";
import type { Clock } from "./clock.ts";
import type { Counters } from "./counters.ts";
import type { BehaviourSetting } from "./deviations/behaviour.ts";
import type { Ids } from "./ids.ts";
import type { Store } from "./store/index.ts";

export type ReferenceContext = {
  store: Store;
  clock: Clock;
  ids: Ids;
  /** Where the reference deviates from docs/contract.md, because a test asked for it. */
  behaviour: BehaviourSetting;
  /** Told of everything that changes, for those who look on. */
  changes: Changes;
  /** What happened how often lately, for charts. */
  counters: Counters;
  /** 0 ≤ n < 1, for jitter and for the probability of faults; never for keys or secrets. */
  random: () => number;
};
