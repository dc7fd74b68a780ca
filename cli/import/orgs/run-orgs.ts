/** `onsync import contacts --orgs FILE`: an import for each org, all at once, each within its own org's hour. */
import { Cleanup } from "../../cleanup.ts";
import { listenForStop } from "../../lifecycle.ts";
import { CommandFailed, UsageError } from "../../output/errors.ts";
import { type Io, printIfPossible } from "../../output/io.ts";
import { createLog } from "../../output/log.ts";
import { createAsker } from "../ask.ts";
import { formatCount } from "../plan-text.ts";
import { describeFailure } from "../run-import.ts";
import { type OrgImport, readOrgsFile } from "./orgs-file.ts";
import type { OrgsOptions, Place, PlannedOrg } from "./place.ts";
import { OrgsReport, printOrgsPlan } from "./report.ts";

export async function importOrgs(io: Io, options: OrgsOptions): Promise<void> {
  const log = createLog(io.env, "warn");
  checkOptions(options);
  const { imports, isExposed } = await readOrgsFile(options.orgs, io.env);
  if (isExposed) await warnOfExposure(io, options.orgs);
  const asker = createAsker(io, true);
  const cleanup = new Cleanup();
  try {
    const place = await findPlace(io, options, imports, log, cleanup);
    const planned: PlannedOrg[] = [];
    for (const [index, each] of imports.entries()) planned.push(await planOrg(place, each, index));
    await printOrgsPlan(io, planned, options.json === true);
    if (!options.dryRun) {
      await confirm(asker, planned, options);
      await runOrgs(io, planned, options);
    } else if (planned.some((each) => "failure" in each)) throw new CommandFailed(1);
  } finally {
    asker.close();
    await cleanup.run();
  }
}

export function warnOfExposure(io: Io, file: string): Promise<void> {
  const warning = `warning: others on this machine can read the keys in ${file}: chmod 600 it.\n`;
  return printIfPossible(io.stderr, warning);
}

async function findPlace(
  io: Io,
  options: OrgsOptions,
  imports: readonly OrgImport[],
  log: ReturnType<typeof createLog>,
  cleanup: Cleanup,
): Promise<Place> {
  const { queue } = options;
  if (queue === undefined) {
    const { importHere } = await import("./here.ts");
    return importHere(io, options, imports, log, cleanup);
  }
  const { importByWorkers } = await import("./by-workers.ts");
  return importByWorkers(io, { ...options, queue }, log, cleanup);
}

function checkOptions({ map, journal, errors, onDuplicate }: OrgsOptions): void {
  const given = Object.entries({ map, journal, errors }).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined)
    throw new UsageError(`--${given}: with --orgs, write it into the line of the org that it is for ("${given}").`);
  if (onDuplicate === "ask") throw new UsageError("--on-duplicate ask: with --orgs, give skip, first or newest.");
}

async function planOrg(place: Place, of: OrgImport, index: number): Promise<PlannedOrg> {
  const { org } = of;
  try {
    return { org, ready: await place.plan(of, index) };
  } catch (error) {
    return { org, failure: await toSentence(error) };
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
  const plans = planned.flatMap((each) => ("ready" in each ? [each.ready.plan] : []));
  const requests = plans.reduce((sum, plan) => sum + plan.requests, 0);
  if (yes || requests === 0) return;
  if (!asker.canAsk)
    throw new UsageError(
      "There is no terminal to ask on: say --yes to go on with these plans, or --dry-run to look at them.",
    );
  const question = `Go on with ${formatCount(plans.length, "org")}, ${formatCount(requests, "request")}?`;
  if (!(await asker.confirm(question))) throw new CommandFailed(1);
}

async function runOrgs(io: Io, planned: readonly PlannedOrg[], options: OrgsOptions): Promise<void> {
  const stop = listenForStop();
  const report = new OrgsReport(io, planned, options.json === true);
  try {
    await Promise.all(planned.map((each, index) => runOrg(each, report.of(index), stop.signal)));
    const exitCode = report.finish();
    if (exitCode !== 0) throw new CommandFailed(exitCode);
  } finally {
    report.close();
    stop.dispose();
  }
}

async function runOrg(planned: PlannedOrg, report: ReturnType<OrgsReport["of"]>, signal: AbortSignal): Promise<void> {
  if ("failure" in planned) return report.fail(planned.failure);
  try {
    const { result, errors } = await planned.ready.run(report, signal);
    report.finish(result, errors);
  } catch (error) {
    report.fail(await toSentence(error));
  }
}
