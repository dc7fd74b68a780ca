/** `onsync export` at work, from its options to its end. */
import { isErrorNamed } from "../../src/client/index.ts";
import type * as Data from "../../src/data/index.ts";
import { Cleanup } from "../cleanup.ts";
import { listenForStop } from "../lifecycle.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, printIfPossible } from "../output/io.ts";
import { createLog } from "../output/log.ts";
import { openBudget } from "../settings/budget.ts";
import { connect } from "../settings/connection.ts";
import { requireApiKey } from "../settings/environment.ts";
import type { LedgerChoice } from "../settings/ledger.ts";
import { type EventChoice, openEventSource } from "./event-source.ts";
import { readKnownIds } from "./known-ids.ts";
import { openTarget, type TargetChoice } from "./open-target.ts";
import { countUnknown, createExportReport } from "./report.ts";

export type ExportCommandOptions = LedgerChoice &
  Omit<TargetChoice, "tables"> &
  EventChoice & {
    tables: readonly Data.TableName[];
    known?: string;
    verify?: Data.VerifyScope;
    budget: number;
    json?: true;
  };

export async function exportTables(io: Io, options: ExportCommandOptions): Promise<void> {
  const { to, verify, known, contact } = options;
  if (verify && to === "-") throw new UsageError("--verify: what was written to stdout cannot be read again.");
  if (known !== undefined && contact !== undefined) throw new UsageError("--known and --contact: give one of them.");
  const { apiKey } = requireApiKey(io.env);
  const log = createLog(io.env, "warn");
  const cleanup = new Cleanup();
  // From before anything is opened until all of it is closed.
  const stop = listenForStop();
  try {
    const events = await openEventSource(io.env, options, log, cleanup);
    const target = await openTarget(io, options, cleanup);
    cleanup.add(() => target.close());
    const budget = await openBudget(io, options, log, cleanup);
    // Each attempt is counted against the budget: the export repeats by itself.
    const { onsync, close } = await connect(io.env, log, { maxAttempts: 1 });
    cleanup.add(close);
    await run(io, options, { target, onsync, budget, apiKey, events, signal: stop.signal });
  } catch (error) {
    await rethrow(io, error, options);
  } finally {
    await cleanup.run().finally(() => stop.dispose());
  }
}

async function run(
  io: Io,
  { tables, contact, known, redact, verify, follow, json, to }: ExportCommandOptions,
  given: Pick<Data.ExportOptions, "target" | "onsync" | "budget" | "apiKey" | "events" | "signal">,
): Promise<void> {
  const { runExport } = await import("../../src/data/index.ts");
  const report = createExportReport(io, {
    json: json === true,
    isStdoutTaken: to === "-",
    estimate: (requests) => given.budget.estimate(requests),
  });
  try {
    const result = await runExport({
      ...{ ...given, tables, contact, redact, verify, follow },
      ...{ onProgress: report.onProgress, onGap: report.onGap, onFollow: report.onFollow, onTrouble: report.onTrouble },
      knownIds: known === undefined ? undefined : readKnownIds(known),
    });
    await report.finish(result);
    if (!result.complete) throw new CommandFailed(1);
    const { missing = 0, different = 0 } = result.verified ?? {};
    if (countUnknown(result) + missing + different > 0) throw new CommandFailed(3);
  } finally {
    report.close();
  }
}

/** What the person at the keyboard can mend is said as such. */
async function rethrow(io: Io, error: unknown, { contact }: ExportCommandOptions): Promise<never> {
  const { MovementStopped, TargetError, ColumnTypeError } = await import("../../src/data/index.ts");
  if (error instanceof TargetError) throw new UsageError(`--to: ${error.message}`);
  if (contact !== undefined && isErrorNamed(error, "NotFoundError"))
    throw new UsageError(`--contact: OnSync has no contact ${contact}.`);
  const isEnd = error instanceof MovementStopped || error instanceof ColumnTypeError;
  if (!isEnd) throw error;
  const advice = error instanceof MovementStopped ? `${error.advice}\n` : "";
  await printIfPossible(io.stderr, `error: ${error.message}\n${advice}`);
  throw new CommandFailed(1);
}
