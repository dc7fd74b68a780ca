/** `onsync import contacts --orgs FILE`: an import for each org, all at once, each within its own org's hour. */
import { defaultBaseUrl } from "../../../src/api/index.ts";
import { parseBaseUrl } from "../../../src/client/options.ts";
import { type Budget, createBudget } from "../../../src/data/budget/budget.ts";
import { FairSlots } from "../../../src/data/budget/fair-slots.ts";
import { Cleanup } from "../../cleanup.ts";
import { listenForStop } from "../../lifecycle.ts";
import { CommandFailed, UsageError } from "../../output/errors.ts";
import { type Io, printIfPossible } from "../../output/io.ts";
import { createLog, type Log } from "../../output/log.ts";
import { openBudgetLedger } from "../../settings/budget.ts";
import { findBaseUrl } from "../../settings/environment.ts";
import { createAsker } from "../ask.ts";
import { formatCount } from "../plan-text.ts";
import { describeFailure, executeImport, type ImportOptions, prepareImport } from "../run-import.ts";
import { type OrgImport, readOrgsFile } from "./orgs-file.ts";
import { OrgsReport, type PlannedOrg, printOrgsPlan } from "./report.ts";

export type OrgsOptions = ImportOptions & { orgs: string; concurrency: number };

export async function importOrgs(io: Io, options: OrgsOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  checkOptions(options);
  const { imports, isExposed } = await readOrgsFile(options.orgs, io.env);
  if (isExposed)
    await printIfPossible(
      io.stderr,
      `warning: others on this machine can read the keys in ${options.orgs}: chmod 600 it.\n`,
    );
  const asker = createAsker(io, true);
  const cleanup = new Cleanup();
  try {
    const ledger = await openBudgetLedger(io, options, log);
    cleanup.add(() => ledger.close());
    const slots = new FairSlots(options.concurrency, imports.length);
    const planned: PlannedOrg[] = [];
    for (const [index, each] of imports.entries()) {
      const share = each.options.budget ?? options.budget;
      const scope = `${readScope(each)} ${each.org}`;
      const budget = createBudget({ ledger, scope, share, slots: slots.of(index) });
      planned.push(await planOrg(io, each, options, budget, cleanup));
    }
    await printOrgsPlan(io, planned, options.json === true);
    if (!options.dryRun) {
      await confirm(asker, planned, options);
      await runOrgs(io, planned, options, log);
    } else if (planned.some((each) => "failure" in each)) throw new CommandFailed(1);
  } finally {
    asker.close();
    await cleanup.run();
  }
}

function checkOptions({ map, journal, errors, onDuplicate }: OrgsOptions): void {
  const given = Object.entries({ map, journal, errors }).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined)
    throw new UsageError(`--${given}: with --orgs, write it into the line of the org that it is for ("${given}").`);
  if (onDuplicate === "ask") throw new UsageError("--on-duplicate ask: with --orgs, give skip, first or newest.");
}

/** A wrong address is told of where the org's import is planned. */
function readScope({ env }: OrgImport): string {
  try {
    return parseBaseUrl(findBaseUrl(env) ?? defaultBaseUrl);
  } catch {
    return "";
  }
}

async function planOrg(
  io: Io,
  of: OrgImport,
  options: OrgsOptions,
  budget: Budget,
  cleanup: Cleanup,
): Promise<PlannedOrg> {
  const { org } = of;
  const { country, tags, onDuplicate, dryRun } = options;
  const own = Object.assign({ country, tags, onDuplicate, dryRun }, of.options, { budget });
  try {
    return { org, of, prepared: await prepareImport({ ...io, env: of.env }, of.file, own, cleanup) };
  } catch (error) {
    return { org, of, failure: await toSentence(error) };
  }
}

/** One org's failure ends its own import alone. */
async function toSentence(error: unknown): Promise<string> {
  const said = (await describeFailure(error)) ?? error;
  return said instanceof Error ? said.message : String(said);
}

async function confirm(
  asker: ReturnType<typeof createAsker>,
  planned: readonly PlannedOrg[],
  { yes }: OrgsOptions,
): Promise<void> {
  const plans = planned.flatMap((each) => ("prepared" in each ? [each.prepared.plan] : []));
  const requests = plans.reduce((sum, plan) => sum + plan.requests, 0);
  if (yes || requests === 0) return;
  if (!asker.canAsk)
    throw new UsageError(
      "There is no terminal to ask on: say --yes to go on with these plans, or --dry-run to look at them.",
    );
  const question = `Go on with ${formatCount(plans.length, "org")}, ${formatCount(requests, "request")}?`;
  if (!(await asker.confirm(question))) throw new CommandFailed(1);
}

async function runOrgs(io: Io, planned: readonly PlannedOrg[], options: OrgsOptions, log: Log): Promise<void> {
  const stop = listenForStop();
  const report = new OrgsReport(io, planned, options.json === true);
  try {
    await Promise.all(planned.map((each, index) => runOrg(io, each, report.of(index), log, stop.signal)));
    const exitCode = report.finish();
    if (exitCode !== 0) throw new CommandFailed(exitCode);
  } finally {
    report.close();
    stop.dispose();
  }
}

async function runOrg(
  io: Io,
  planned: PlannedOrg,
  report: ReturnType<OrgsReport["of"]>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  if ("failure" in planned) return report.fail(planned.failure);
  try {
    const { onProgress, onRefused, onNote } = report;
    const told = { onProgress, onRefused, onNote, signal };
    const { result, errors } = await executeImport({ ...io, env: planned.of.env }, planned.prepared, log, told);
    report.finish(result, errors);
  } catch (error) {
    report.fail(await toSentence(error));
  }
}
