/** Where a sync reads and writes: files and tables, and the state beside them. */
import { existsSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import type * as Data from "../../src/data/index.ts";
import { escapeFormula } from "../../src/data/rows/formula.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";

export type PlaceOptions = {
  from?: string;
  to?: string;
  table?: string;
  key?: string;
  state?: string;
  conflicts?: string;
  dryRun?: true;
};

export type Places = {
  from: Data.CrmStore | null;
  to: Data.CrmStore | null;
  /** For a person, without passwords. */
  name: string;
  state: Data.StateStore;
  conflictsFile: string;
};

type Opened = { crm: Data.CrmStore; state: Data.StateStore | null };

const postgresUrl = /^postgres(?:ql)?:\/\//i;

/** @throws UsageError where an option does not fit, FileError where a place cannot be opened */
export async function openPlaces(data: typeof Data, options: PlaceOptions, cleanup: Cleanup): Promise<Places> {
  const { from, to } = options;
  const first = from ?? to;
  if (first === undefined)
    throw new UsageError("Say where the CRM's contacts are: --from FILE, --to FILE, or both, for both directions.");
  checkOptions(options, [from, to]);
  const opened = await openPlace(data, first, options, cleanup);
  const isBoth = from !== undefined && to !== undefined;
  const other = isBoth && !isSamePlace(from, to) ? await openOther(data, to, opened.crm, options, cleanup) : opened.crm;
  // Made last, so that a place that cannot be opened leaves no state behind.
  const state = await openStateStore(data, first, opened, options);
  cleanup.add(() => state.close());
  return {
    from: from === undefined ? null : opened.crm,
    to: to === undefined ? null : other,
    name: opened.crm.name,
    state,
    conflictsFile: options.conflicts ?? findConflictsFile(first, options.table),
  };
}

function checkOptions({ table, from, to }: PlaceOptions, places: readonly (string | undefined)[]): void {
  const hasTable = places.some((place) => place !== undefined && postgresUrl.test(place));
  if (hasTable && table === undefined) throw new UsageError("--table: say which table of Postgres has the contacts.");
  if (!hasTable && table !== undefined) throw new UsageError("--table: neither --from nor --to is a Postgres.");
  if (from === "-" || to === "-")
    throw new UsageError("A sync comes back to what it has read: name a file, not - (stdin).");
}

function isSamePlace(one: string, other: string): boolean {
  if (postgresUrl.test(one) || postgresUrl.test(other)) return one === other;
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : resolve(path));
  return real(one) === real(other);
}

async function openPlace(
  data: typeof Data,
  place: string,
  { table = "", key }: PlaceOptions,
  cleanup: Cleanup,
): Promise<Opened> {
  if (!postgresUrl.test(place))
    return { crm: await data.openCrmFile(place, { key: key ?? (await findKey(data, place)) }), state: null };
  const { crm, state, close } = await data.openCrmTable(place, { table, key });
  cleanup.add(close);
  return { crm, state };
}

/** Of a file, the external id: a row that has none is known by its phone or e-mail address. */
async function findKey(data: typeof Data, file: string): Promise<string | undefined> {
  const { columns } = await data.openRows(file);
  const [column] = data.mapColumns(columns).sources.get("externalId") ?? [];
  return column === undefined ? undefined : columns[column];
}

/** Another place than the one that is read: a file is made with its columns where there is none. */
async function openOther(
  data: typeof Data,
  place: string,
  from: Data.CrmStore,
  options: PlaceOptions,
  cleanup: Cleanup,
): Promise<Data.CrmStore> {
  if (!postgresUrl.test(place) && !existsSync(place)) {
    if (options.dryRun) return from;
    const names = from.columns.map((name) => `"${escapeFormula(name).replaceAll('"', '""')}"`);
    writeFileSync(place, `${names.join(",")}\r\n`, { mode: 0o600, flag: "wx" });
  }
  return (await openPlace(data, place, options, cleanup)).crm;
}

async function openStateStore(
  data: typeof Data,
  place: string,
  { state }: Opened,
  options: PlaceOptions,
): Promise<Data.StateStore> {
  if (state !== null && options.state === undefined) return state;
  const file = options.state ?? `${place}.sync`;
  // A plan leaves nothing behind.
  if (options.dryRun && !existsSync(file)) return data.createMemoryState();
  try {
    return data.openSyncState(file);
  } catch (error) {
    throw new UsageError(`--state: ${(error as Error).message}`);
  }
}

function findConflictsFile(place: string, table = ""): string {
  if (postgresUrl.test(place)) return `${table.replace(/[^\w.-]/g, "_")}.conflicts.csv`;
  return join(dirname(place), `${basename(place, extname(place))}.conflicts.csv`);
}
