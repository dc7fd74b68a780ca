/** What a ledger notes of sends, found and shown. */
import { existsSync } from "node:fs";
import type { LedgerEntry, SendLedger, SendState } from "../../src/client/ledger/ledger.ts";
import { UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { formatTable } from "../output/table.ts";
import { findLedger, isRedisUrl, type LedgerChoice, openNamedLedger } from "../settings/ledger.ts";

export type SendsOptions = LedgerChoice & { json?: true };
export type ListOptions = SendsOptions & { state?: SendState; all?: true; limit: number };

export const states = ["claimed", "sent", "not_sent", "unknown"] as const;
export const openStates: readonly SendState[] = ["claimed", "unknown"];

/** @throws UsageError where no ledger is named, or a file that is not there: nothing is noted in one that is made now */
export async function withLedger(
  io: Io,
  options: SendsOptions,
  work: (ledger: SendLedger) => Promise<unknown>,
): Promise<void> {
  const named = findLedger(io.env, options);
  if (!named)
    throw new UsageError("No ledger is named.", {
      advice:
        "Give --ledger FILE or --ledger redis://…, or set ONSYNC_LEDGER: the place that `onsync call`, `mcp`, `start` or `listen` was given. Without one, sends are noted in the memory of the process that makes them.",
    });
  if (!isRedisUrl(named.place) && !existsSync(named.place))
    throw new UsageError(
      `${named.option}: there is no send ledger ${named.place}: name the one that \`onsync call\`, \`mcp\`, \`start\` or \`listen\` was given.`,
    );
  const { createLog } = await import("../output/log.ts");
  const ledger = await openNamedLedger(io.env, named, createLog(io.env, "silent"));
  try {
    await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** What of an entry is shown: not what the ledger needs for itself. */
export function toPublicEntry({
  claimId: _claimId,
  fingerprint: _fingerprint,
  leaseMs: _leaseMs,
  ...entry
}: LedgerEntry) {
  return entry;
}

export async function listEntries(io: Io, ledger: SendLedger, { state, all, limit, json }: ListOptions): Promise<void> {
  const wanted = all ? states : state ? [state] : openStates;
  const entries = await ledger.list({ states: wanted, limit });
  if (json) return printJson(io.stdout, { data: entries.map(toPublicEntry) });
  if (entries.length === 0) return print(io.stdout, all || state ? "There are none.\n" : "No send is open.\n");
  const rows = entries.map((entry) => [
    entry.id,
    entry.state,
    `${entry.platform}:${entry.to}`,
    entry.claimedAt,
    entry.reference,
  ]);
  return print(io.stdout, formatTable([["ID", "STATE", "TO", "CLAIMED AT", "REFERENCE"], ...rows]));
}

/** @throws CommandFailed, UsageError */
export async function requireEntry(ledger: SendLedger, id: string): Promise<LedgerEntry> {
  const entry = await ledger.get(id);
  if (entry) return entry;
  throw new UsageError(`The ledger has no send ${id}: \`onsync sends list --all\` lists them.`);
}

export function showEntry(io: Io, entry: LedgerEntry, { json }: SendsOptions): Promise<void> {
  if (json) return printJson(io.stdout, toPublicEntry(entry));
  const facts = Object.entries(toPublicEntry(entry)).filter(([, value]) => value !== null);
  return print(io.stdout, formatTable(facts.map(([name, value]) => [name, String(value)])));
}
