/** Whose contacts they become: the budget of the org's requests, and whether a journal is of this account. */

import { defaultBaseUrl } from "../../src/api/index.ts";
import { createMemoryLedger, isErrorNamed, type OnSync, type SendLedger } from "../../src/client/index.ts";
import { parseBaseUrl } from "../../src/client/options.ts";
import type { Budget, Journal } from "../../src/data/index.ts";
import type { Cleanup } from "../cleanup.ts";
import { UsageError } from "../output/errors.ts";
import type { Io } from "../output/io.ts";
import type { Log } from "../output/log.ts";
import { findBaseUrl, requireApiKey } from "../settings/environment.ts";
import { findLedger, type LedgerChoice, openLedgerOrDefault, openNamedLedger } from "../settings/ledger.ts";

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

/** With a key that the journal does not know, one of its contacts is looked for: another org does not have it. @throws UsageError */
export async function checkAccount(io: Io, onsync: OnSync, journal: Journal): Promise<void> {
  const { apiKey } = requireApiKey(io.env);
  if (journal.knowsKey(apiKey)) return;
  const known = journal.anyContact();
  if (known !== null) await findContact(onsync, known);
  journal.addKey(apiKey);
}

async function findContact(onsync: OnSync, id: string): Promise<void> {
  try {
    await onsync.contacts.get(id);
  } catch (error) {
    if (!isErrorNamed(error, "NotFoundError")) throw error;
    throw new UsageError(
      `The journal is of an import with another API key, and with this one there is no contact ${id} of it: is this key of another org? Name another journal with --journal.`,
    );
  }
}
