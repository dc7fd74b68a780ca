/** The share of the org's hour that a command may take, counted together with all who name the same ledger. */
import { defaultBaseUrl } from "../../src/api/index.ts";
import { createMemoryLedger, type SendLedger } from "../../src/client/index.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import type { Budget } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import type { Io } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { findBaseUrl } from "./environment.ts";
import { findLedger, type LedgerChoice, openLedgerOrDefault, openNamedLedger } from "./ledger.ts";

/** One budget for every command that names the same ledger; of those that name none, for those of one user of this machine. */
export async function openBudget(
  io: Io,
  { budget: share, ...choice }: LedgerChoice & { budget: number },
  log: Log,
  cleanup: Cleanup,
): Promise<Budget> {
  const { createBudget } = await import("../../src/data/index.ts");
  const ledger = await openBudgetLedger(io, choice, log);
  cleanup.add(() => ledger.close());
  return createBudget({ ledger, scope: parseBaseUrl(findBaseUrl(io.env) ?? defaultBaseUrl), share });
}

export async function openBudgetLedger(io: Io, choice: LedgerChoice, log: Log): Promise<SendLedger> {
  const named = findLedger(io.env, choice);
  if (named) return openNamedLedger(io.env, named, log);
  try {
    return await openLedgerOrDefault(io.env, choice, log);
  } catch (error) {
    // No home to keep it in: what OnSync says is left still counts.
    log.warn({ err: error }, "requests are counted in memory alone");
    return createMemoryLedger();
  }
}
