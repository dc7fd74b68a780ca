/** One sync of a campaign, from its beginning to its end, or to where it is ended. */
import { createMemoryLedger, createOnSync, fetchTransport } from "../../src/client/index.ts";
import { createBudget, mapColumns, openRows } from "../../src/data/index.ts";
import { openCrmFile } from "../../src/data/sync/crm/file.ts";
import { listFields } from "../../src/data/sync/fields.ts";
import type { ContactEvents } from "../../src/data/sync/inbox.ts";
import type { SyncResult } from "../../src/data/sync/result.ts";
import { Sync } from "../../src/data/sync/run.ts";
import { openState, type StateStore } from "../../src/data/sync/state.ts";
import { openSyncState } from "../../src/data/sync/state-store.ts";
import { VirtualClock } from "../virtual-clock.ts";
import type { TroubledInbox } from "./inbox.ts";

/** Ends a sync where it stands: nothing that it asks for is answered any more. */
export class Killer {
  /** Steps until it strikes. */
  left = Number.POSITIVE_INFINITY;
  /** What happens between two steps. */
  between: () => void = () => {};
  strike: () => void = () => {};
  isDead = false;

  step = async (): Promise<void> => {
    if (!this.isDead) this.between();
    this.left -= 1;
    if (this.left < 0 && !this.isDead) {
      this.isDead = true;
      this.strike();
    }
    if (this.isDead) await new Promise(() => {});
  };
}

type Life = { file: string; stateFile: string; inbox: TroubledInbox; hasEvents: boolean; startsAt: number };

/** @returns `null`: it was ended */
export async function liveOnce(killer: Killer, life: Life): Promise<SyncResult | null> {
  const store = openSyncState(life.stateFile);
  const dead = new Promise<null>((resolve) => {
    killer.strike = () => resolve(null);
  });
  life.inbox.onStep = killer.step;
  try {
    return await Promise.race([start(withSteps(store, killer), life), dead]);
  } finally {
    killer.isDead = true;
    await store.close();
  }
}

async function start(store: StateStore, { file, inbox, hasEvents, startsAt }: Life): Promise<SyncResult> {
  const clock = new VirtualClock(startsAt);
  const { columns } = await openRows(file);
  const mapping = mapColumns(columns, { Company: "properties.company", City: "properties.city" });
  const fields = listFields(mapping, { lastName: "crm", "properties.company": "inbox" }, "either");
  const crm = await openCrmFile(file, { key: "External ID" });
  const transport = fetchTransport((request) => clock.busy(() => inbox.fetch(request)));
  const onsync = createOnSync({
    ...{ apiKey: "onsync_pk_test_campaign", baseUrl: "http://127.0.0.1/v1", transport, clock },
    ...{ random: () => 1, maxAttempts: 1 },
  });
  const sync = new Sync({
    ...{ from: crm, to: crm, fields, state: await openState(store), onsync, clock, random: () => 1 },
    budget: createBudget({ ledger: createMemoryLedger({ clock }), scope: onsync.baseUrl, share: 1, clock }),
    events: hasEvents ? (inbox.source as unknown as ContactEvents) : undefined,
  });
  return sync.run();
}

/** Before it is saved and after it, a sync may end. */
function withSteps(store: StateStore, killer: Killer): StateStore {
  return {
    ...store,
    async save(facts, records) {
      await killer.step();
      await store.save(facts, records);
      await killer.step();
    },
  };
}
