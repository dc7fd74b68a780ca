/** `onsync import contacts` at work, from its options to its end. */
import type * as Data from "../../src/data/index.ts";
import { Cleanup } from "../cleanup.ts";
import { listenForStop } from "../lifecycle.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printIfPossible } from "../output/io.ts";
import { createLog, type Log } from "../output/log.ts";
import { openBudget } from "../settings/budget.ts";
import { connect } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import type { LedgerChoice } from "../settings/ledger.ts";
import { checkAccount } from "./account.ts";
import { type Asker, createAsker } from "./ask.ts";
import { findFiles, type ImportFiles } from "./files.ts";
import { formatCount, printPlan, toPlanEvent } from "./plan-text.ts";
import { createReport } from "./report.ts";

export type ImportOptions = LedgerChoice & {
  map?: string[];
  country?: string;
  dryRun?: true;
  yes?: true;
  budget: number;
  onDuplicate: Data.DuplicatePolicy;
  tags: Data.TagMode;
  journal?: string;
  errors?: string;
  json?: true;
};

export type Prepared = {
  data: typeof Data;
  files: ImportFiles;
  journal: Data.Journal | null;
  planned: Omit<Data.PlanOptions, "journal">;
  plan: Data.ImportPlan;
};

export async function importContacts(io: Io, file: string, options: ImportOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  // Before a long file is read for nothing.
  if (!options.dryRun) requireApiKey(io.env);
  const asker = createAsker(io, file !== "-");
  if (options.onDuplicate === "ask" && !asker.canAsk && !options.dryRun)
    throw new UsageError("--on-duplicate ask: there is no terminal to ask on. Give skip, first or newest.");
  const cleanup = new Cleanup();
  try {
    const budget = await openBudget(io, options, log, cleanup);
    const chooseRow = asker.canAsk ? asker.chooseRow : undefined;
    const prepared = await prepareImport(io, file, { ...options, budget, chooseRow }, cleanup);
    await showPlan(io, prepared, options);
    if (options.dryRun) return;
    await confirm(asker, prepared.plan, options);
    await run(io, options, prepared, asker, log);
  } catch (error) {
    await rethrow(io, error);
  } finally {
    asker.close();
    await cleanup.run();
  }
}

/** @throws UsageError, FileError, MappingError or CountryError */
export async function prepareImport(
  io: Io,
  file: string,
  options: Omit<ImportOptions, "budget"> & { budget: Data.Budget; chooseRow?: Data.ChooseRow | undefined },
  cleanup: Cleanup,
): Promise<Prepared> {
  const data = await import("../../src/data/index.ts");
  const files = await findFiles(io, file, options, cleanup);
  const rows = data.undoRefusals(await data.openRows(files.source));
  const journal = files.openJournal(data, options.map !== undefined || !options.dryRun);
  const mapping = readMapping(data, rows, journal, options.map);
  const { country, tags, onDuplicate, chooseRow, budget } = options;
  const planned = { rows, mapping, country, tags, onDuplicate, chooseRow, budget };
  const plan = await data.planImport({ ...planned, journal });
  return { data, files, journal, planned, plan };
}

async function showPlan(io: Io, { files, planned, plan }: Prepared, { json }: ImportOptions): Promise<void> {
  if (json) await print(io.stdout, `${JSON.stringify(toPlanEvent(plan, planned))}\n`);
  else await printPlan(io, files.name, plan, { ...planned, hourly: await planned.budget.hourly() });
}

/** What was said before holds until something else is said of the same column. */
export function readMapping(
  data: typeof Data,
  rows: Pick<Data.RowFile, "columns">,
  journal: Pick<Data.Journal, "fact" | "setFact"> | null,
  given: string[] = [],
): Data.Mapping {
  const kept = JSON.parse(journal?.fact("mapping") ?? "{}") as Data.MappingChanges;
  const changes = Object.assign({}, kept, ...given.map((text) => data.parseMappingChanges(text, rows.columns)));
  const mapping = data.mapColumns(rows.columns, changes);
  if (given.length > 0) journal?.setFact("mapping", JSON.stringify(changes));
  if (data.hasIdentifier(mapping)) return mapping;
  const columns = rows.columns
    .slice(0, 30)
    .map((name) => JSON.stringify(name))
    .join(", ");
  throw new UsageError(
    `No column is a phone, an e-mail address or an external id, by which OnSync finds contacts. The first line has ${columns}: say which it is, as with --map 'COLUMN=phone', or give the file a first line of column names.`,
  );
}

async function confirm(asker: Asker, plan: Data.ImportPlan, { yes }: ImportOptions): Promise<void> {
  if (yes || plan.requests === 0) return;
  if (!asker.canAsk)
    throw new UsageError(
      "There is no terminal to ask on: say --yes to go on with this plan, or --dry-run to look at it.",
    );
  if (await asker.confirm(`Go on, with ${formatCount(plan.requests, "request")}?`)) return;
  throw new CommandFailed(1);
}

async function run(io: Io, options: ImportOptions, prepared: Prepared, asker: Asker, log: Log): Promise<void> {
  const stop = listenForStop();
  const { plan, planned } = prepared;
  const report = createReport(io, plan, {
    json: options.json === true,
    estimate: (requests) => planned.budget.estimate(requests),
    isAsking: asker.isAsking,
  });
  try {
    const chooseContact = asker.canAsk ? asker.chooseContact : undefined;
    const { onProgress, onRefused, onNote } = report;
    const told = { onProgress, onRefused, onNote, chooseContact, signal: stop.signal };
    const { result, errors } = await executeImport(io, prepared, log, told);
    await report.finish(result, errors);
    if (!result.complete) throw new CommandFailed(1);
    if (result.refused > 0) throw new CommandFailed(3);
  } finally {
    report.close();
    stop.dispose();
  }
}

/** @returns what came of it, and the file of refused rows, if there is one */
export async function executeImport(
  io: Io,
  { data, files, journal, planned, plan }: Prepared,
  log: Log,
  told: Pick<Data.RunOptions, "onProgress" | "onRefused" | "onNote" | "chooseContact" | "signal">,
): Promise<{ result: Data.ImportResult; errors: string | null }> {
  if (journal === null) throw new Error("an import has a journal");
  const refused = new data.RefusedFile(files.findErrorsFile(journal, planned.rows), planned.rows);
  // Each attempt is counted against the budget: the import repeats by itself.
  const { onsync, close } = await connect(io.env, log, { maxAttempts: 1 });
  try {
    await checkAccount(io, onsync, journal);
    const result = await data.runImport({ ...planned, ...told, plan, journal, onsync, refused });
    const errors = result.complete ? refused.finish() : null;
    if (errors !== null) files.noteErrorsFile(journal, errors);
    return { result, errors };
  } finally {
    await close();
  }
}

/** What the person at the keyboard can mend is said as such. */
async function rethrow(io: Io, error: unknown): Promise<never> {
  const said = await describeFailure(error);
  if (said instanceof UsageError || said === null) throw said ?? error;
  await printIfPossible(io.stderr, `error: ${said.message}\n${said.advice}\n`);
  throw new CommandFailed(1);
}

/** @returns the error as a person is told of it; `null`: it is of no kind that an import is known to end by */
export async function describeFailure(error: unknown): Promise<UsageError | Data.MovementStopped | null> {
  const { FileError, MappingError, CountryError, MovementStopped } = await import("../../src/data/index.ts");
  if (error instanceof FileError) return new UsageError(error.message);
  if (error instanceof MappingError) return new UsageError(`--map: ${error.message}.`);
  if (error instanceof CountryError) return new UsageError(`--country: ${error.message}.`);
  return error instanceof UsageError || error instanceof MovementStopped ? error : null;
}
