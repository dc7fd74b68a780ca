/** `onsync sync` at work, from its options to its end. */
import { defaultBaseUrl } from "../../src/api/index.ts";
import { systemClock } from "../../src/client/clock.ts";
import { isOnSyncError, type OnSync } from "../../src/client/index.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import type * as Data from "../../src/data/index.ts";
import { Cleanup } from "../cleanup.ts";
import { checkAccount } from "../import/account.ts";
import { type Asker, createAsker } from "../import/ask.ts";
import { formatCount } from "../import/plan-text.ts";
import { readMapping } from "../import/run-import.ts";
import { listenForStop } from "../lifecycle.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { createTerminalLine, type Io, print, printIfPossible } from "../output/io.ts";
import { createLog, type Log } from "../output/log.ts";
import { printWrapped } from "../output/wrap.ts";
import { openBudget } from "../settings/budget.ts";
import { connect } from "../settings/connection.ts";
import { findBaseUrl, requireApiKey } from "../settings/environment.ts";
import { openStore, parseEventsPlace } from "../settings/event-store.ts";
import type { LedgerChoice } from "../settings/ledger.ts";
import { openPlaces, type PlaceOptions, type Places } from "./places.ts";
import { formatPlan, formatResult } from "./plan-text.ts";

export type SyncCommandOptions = LedgerChoice &
  PlaceOptions & {
    owner?: string[];
    map?: string[];
    country?: string;
    events?: string;
    yes?: true;
    every?: number;
    budget: number;
    json?: true;
  };

type Prepared = { places: Places; state: Data.SyncState; sync: Omit<Data.SyncOptions, "onsync" | "signal"> };

export async function syncContacts(io: Io, options: SyncCommandOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  if (!options.dryRun) requireApiKey(io.env);
  const data = await import("../../src/data/index.ts");
  const asker = createAsker(io, true);
  const cleanup = new Cleanup();
  try {
    const prepared = await prepare(io, data, options, log, cleanup);
    await syncUntilStopped(io, data, options, prepared, asker, log);
  } catch (error) {
    await rethrow(io, data, error);
  } finally {
    asker.close();
    await cleanup.run();
  }
}

async function prepare(
  io: Io,
  data: typeof Data,
  options: SyncCommandOptions,
  log: Log,
  cleanup: Cleanup,
): Promise<Prepared> {
  const places = await openPlaces(data, options, cleanup);
  data.checkConflictsFile(places.conflictsFile);
  const state = await data.openState(places.state);
  const { from, to } = places;
  const mapping = readMapping(data, from ?? to ?? { columns: [] }, state, options.map);
  const choices = data.parseOwners(options.owner ?? []);
  // In one direction, the side that it comes from counts.
  const fallback = from === null ? "inbox" : to === null ? "crm" : "either";
  const fields = data.listFields(mapping, choices, fallback);
  // What was said of the columns holds for those of the other place, too.
  const said = JSON.parse(state.fact("mapping") ?? "{}") as Data.MappingChanges;
  const toFields =
    from && to && to !== from ? data.listFields(data.mapColumns(to.columns, said), {}, "either") : undefined;
  checkScope(io, state);
  const budget = await openBudget(io, options, log, cleanup);
  const events = await openEvents(io, options, cleanup);
  return { places, state, sync: { from, to, fields, toFields, country: options.country, state, budget, events } };
}

function checkScope(io: Io, state: Data.SyncState): void {
  const scope = parseBaseUrl(findBaseUrl(io.env) ?? defaultBaseUrl);
  const known = state.fact("scope") ?? state.setFact("scope", scope);
  if (known === scope) return;
  throw new UsageError(`The state is of a sync with ${known}, not ${scope}: name another with --state.`);
}

async function openEvents(
  io: Io,
  { events }: SyncCommandOptions,
  cleanup: Cleanup,
): Promise<Data.ContactEvents | undefined> {
  if (events === undefined) return undefined;
  const store = await openStore(io.env, parseEventsPlace(events), { claim: false });
  cleanup.add(() => store.close());
  return store;
}

async function syncUntilStopped(
  io: Io,
  data: typeof Data,
  options: SyncCommandOptions,
  prepared: Prepared,
  asker: Asker,
  log: Log,
): Promise<void> {
  // A plan needs no key, and asks nothing.
  const credentials = options.dryRun ? { apiKey: "onsync_pk_test_of_no_request", from: "" } : undefined;
  const stop = listenForStop();
  const { onsync, close } = await connect(io.env, log, { maxAttempts: 1, credentials });
  const create = () => new data.Sync({ ...prepared.sync, onsync, signal: stop.signal, onProgress: report.onProgress });
  const report = createProgress(io, options.json === true);
  try {
    let sync = create();
    const plan = await sync.plan();
    await showPlan(io, plan, prepared, options);
    if (options.dryRun) return;
    await confirm(asker, plan, options);
    await confirmAccount(io, onsync, prepared.state);
    for (;;) {
      const result = await runOnce(io, data, sync, prepared, options, report);
      if (options.every === undefined) {
        if (result && !result.complete) throw new CommandFailed(1);
        if (result && result.conflicts.length > 0) throw new CommandFailed(3);
        return;
      }
      await systemClock.sleep(options.every, stop.signal).catch(() => {});
      if (stop.signal.aborted) return;
      sync = create();
    }
  } finally {
    report.close();
    stop.dispose();
    await close();
  }
}

async function confirmAccount(io: Io, onsync: OnSync, state: Data.SyncState): Promise<void> {
  await checkAccount(io, onsync, state, ["The state is of a sync", "another state with --state"]);
}

async function showPlan(
  io: Io,
  plan: Data.SyncPlan,
  { sync: { from, to, fields, budget } }: Prepared,
  { json }: SyncCommandOptions,
): Promise<void> {
  const owners = Object.fromEntries(fields.map(({ name, owner }) => [name, owner]));
  if (json)
    await print(io.stdout, `${JSON.stringify({ plan: true, ...plan, conflicts: plan.conflicts.length, owners })}\n`);
  else await printWrapped(io.stdout, formatPlan(plan, { from, to, fields, hourly: await budget.hourly() }));
}

async function confirm(asker: Asker, plan: Data.SyncPlan, { yes }: SyncCommandOptions): Promise<void> {
  if (yes) return;
  if (!asker.canAsk)
    throw new UsageError(
      "There is no terminal to ask on: say --yes to go on with this plan, or --dry-run to look at it.",
    );
  if (await asker.confirm(`Go on, with about ${formatCount(plan.requests, "request")}?`)) return;
  throw new CommandFailed(1);
}

/** @returns `null` where it failed for now, and is done again later */
async function runOnce(
  io: Io,
  data: typeof Data,
  sync: Data.Sync,
  { places }: Prepared,
  { json, every }: SyncCommandOptions,
  report: ReturnType<typeof createProgress>,
): Promise<Data.SyncResult | null> {
  try {
    const result = await sync.run();
    const file = data.writeConflicts(places.conflictsFile, result.conflicts);
    report.clear();
    if (!json) await printWrapped(io.stdout, formatResult(result, file));
    else await printEvents(io, result, file);
    return result;
  } catch (error) {
    if (every === undefined || !isPassing(data, error)) throw error;
    report.clear();
    await printIfPossible(io.stderr, `error: ${(error as Error).message}\nIt is tried again.\n`);
    return null;
  }
}

/** What may be over by the next time: a file that is being written, an OnSync that does not answer. */
function isPassing(data: typeof Data, error: unknown): boolean {
  if (error instanceof data.FileError) return true;
  const cause = error instanceof data.MovementStopped ? error.cause : error;
  return isOnSyncError(cause) && cause.retryable;
}

async function printEvents(io: Io, result: Data.SyncResult, conflictsFile: string | null): Promise<void> {
  const { complete, conflicts, ...counts } = result;
  const lines = [
    ...conflicts.map((conflict) => ({ conflict: true, ...conflict })),
    { [complete ? "done" : "stopped"]: true, ...counts, conflicts: conflicts.length, conflictsFile },
  ];
  await print(io.stdout, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** One line of a terminal, and a line a minute elsewhere. */
function createProgress(io: Io, json: boolean) {
  const line = createTerminalLine(io);
  const onTerminal = !json && io.stderr.isTTY === true;
  let latest: Data.SyncCounts | null = null;
  const show = () => {
    if (!latest) return;
    const { created, updated, changed, added, requests } = latest;
    const text = `in OnSync ${created} created, ${updated} updated; in the CRM ${changed} changed, ${added} added; ${formatCount(requests, "request")}`;
    if (json) void print(io.stdout, `${JSON.stringify({ progress: true, ...latest })}\n`).catch(() => {});
    else if (onTerminal) line.show(text);
    else void printIfPossible(io.stderr, `${text}\n`);
    latest = null;
  };
  const timer = setInterval(show, onTerminal ? 200 : 60_000);
  timer.unref();
  return {
    onProgress(counts: Data.SyncCounts) {
      latest = counts;
    },
    clear() {
      latest = null;
      line.clear();
    },
    close() {
      clearInterval(timer);
      line.clear();
    },
  };
}

/** What the person at the keyboard can mend is said as such. */
async function rethrow(
  io: Io,
  { FileError, MappingError, CountryError, MovementStopped }: typeof Data,
  error: unknown,
) {
  if (error instanceof FileError) throw new UsageError(error.message);
  if (error instanceof MappingError) throw new UsageError(`--map or --owner: ${error.message}.`);
  if (error instanceof CountryError) throw new UsageError(`--country: ${error.message}.`);
  if (!(error instanceof MovementStopped)) throw error;
  await printIfPossible(io.stderr, `error: ${error.message}\n${error.advice}\n`);
  throw new CommandFailed(1);
}
