/** A sync of a file with a client of a test's own, with everything in between. */
import { join } from "node:path";
import { type Clock, createMemoryLedger, type OnSync } from "../../src/client/index.ts";
import {
  type ContactEvents,
  createBudget,
  listFields,
  mapColumns,
  openCrmFile,
  openRows,
  openState,
  openSyncState,
  parseOwners,
  Sync,
  type SyncPlan,
  type SyncResult,
} from "../../src/data/index.ts";

export type SyncSetup = {
  onsync: OnSync;
  clock?: Clock;
  events?: ContactEvents;
  owners?: string[];
  map?: Record<string, string>;
  country?: string;
  signal?: AbortSignal;
  /** In the folder. Default: `crm.csv` both ways; `null` leaves one out. */
  from?: string | null;
  to?: string | null;
  /** Default: `External ID`, where there is such a column. */
  key?: string;
};

/** Plans and syncs the files of a folder; the state lies beside them. */
export async function syncFile(folder: string, setup: SyncSetup): Promise<{ plan: SyncPlan; result: SyncResult }> {
  const { onsync, clock, events, owners = [], map = {}, country, signal } = setup;
  const { from: read = "crm.csv", to: written = "crm.csv" } = setup;
  const open = async (name: string) => {
    const { columns } = await openRows(join(folder, name));
    const key = setup.key ?? (columns.includes("External ID") ? "External ID" : undefined);
    const crm = await openCrmFile(join(folder, name), { key });
    const fallback = read === null ? "inbox" : written === null ? "crm" : "either";
    return { crm, fields: listFields(mapColumns(columns, map), parseOwners(owners), fallback) };
  };
  const first = await open(read ?? written ?? "");
  const other = read !== null && written !== null && read !== written ? await open(written) : first;
  const store = openSyncState(join(folder, "crm.csv.sync"));
  try {
    const sync = new Sync({
      from: read === null ? null : first.crm,
      to: written === null ? null : other.crm,
      fields: first.fields,
      ...(other === first ? {} : { toFields: other.fields }),
      ...{ state: await openState(store), onsync, events, clock, country, signal, random: () => 1 },
      budget: createBudget({ ledger: createMemoryLedger(clock ? { clock } : {}), scope: onsync.baseUrl, clock }),
    });
    const plan = await sync.plan();
    return { plan, result: await sync.run() };
  } finally {
    await store.close();
  }
}
