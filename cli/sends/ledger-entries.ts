/** What a ledger notes of sends and of messages that wait for a person, found and shown. */
import { existsSync } from "node:fs";
import type { LedgerEntry, SendLedger } from "../../src/client/ledger/ledger.ts";
import {
  type ProposalState,
  type ProposalStatus,
  proposalStates,
  toPublicProposal,
} from "../../src/proposals/proposal.ts";
import { createProposals } from "../../src/proposals/proposals.ts";
import { showHiddenCharacters } from "../../src/visible-text.ts";
import { UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { formatTable } from "../output/table.ts";
import { printWrapped } from "../output/wrap.ts";
import {
  findDefaultLedgerFile,
  findLedger,
  isRedisUrl,
  type LedgerChoice,
  openNamedLedger,
} from "../settings/ledger.ts";

export type SendsOptions = LedgerChoice & { json?: true };
export type ListOptions = SendsOptions & { state?: ProposalState; all?: true; limit: number };

export const states = proposalStates;
export const openStates: readonly ProposalState[] = ["proposed", "claimed", "unknown"];

/** A send, or a proposal with what became of it. */
export type Noted = { send: LedgerEntry } | { proposal: ProposalStatus };

/** @throws UsageError where no ledger is named, or a file that is not there: nothing is noted in one that is made now */
export async function withLedger(
  io: Io,
  options: SendsOptions,
  work: (ledger: SendLedger) => Promise<unknown>,
): Promise<void> {
  const standard = findDefaultLedgerFile(io.env);
  const named = findLedger(io.env, options) ?? (existsSync(standard) ? { place: standard, option: "--ledger" } : null);
  if (!named)
    throw new UsageError("No ledger is named.", {
      advice: `Give --ledger FILE or --ledger redis://…, or set ONSYNC_LEDGER: the place that \`onsync call\`, \`mcp\`, \`start\` or \`listen\` was given. Without one, sends are noted in the memory of the process that makes them, and those of \`mcp --send confirm\` or \`person\` in ${standard}.`,
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

/** What of it is shown: not what the ledger needs for itself. */
export function toPublic(noted: Noted) {
  if ("proposal" in noted) return toPublicProposal(noted.proposal);
  const { claimId: _claimId, fingerprint: _fingerprint, leaseMs: _leaseMs, ...entry } = noted.send;
  return entry;
}

function getState(noted: Noted): ProposalState {
  return "proposal" in noted ? noted.proposal.state : noted.send.state;
}

function getBeginning(noted: Noted): string {
  return "proposal" in noted ? noted.proposal.proposal.proposedAt : noted.send.claimedAt;
}

/** The send of a proposal is part of that. */
async function findNoted(ledger: SendLedger, wanted: readonly ProposalState[], limit: number): Promise<Noted[]> {
  const proposals = createProposals(ledger);
  const sends = await ledger.list({ limit });
  const found = new Map((await proposals.list(limit)).map((each) => [each.proposal.id, each]));
  const others: Noted[] = [];
  for (const send of sends) {
    const proposal = found.get(send.reference) ?? (await proposals.find(send.reference));
    if (proposal) found.set(send.reference, proposal);
    else others.push({ send });
  }
  return [...others, ...[...found.values()].map((proposal) => ({ proposal }))]
    .filter((noted) => wanted.includes(getState(noted)))
    .sort((one, other) => getBeginning(other).localeCompare(getBeginning(one)))
    .slice(0, limit);
}

export async function listEntries(io: Io, ledger: SendLedger, { state, all, limit, json }: ListOptions): Promise<void> {
  const wanted = all ? states : state ? [state] : openStates;
  const noted = await findNoted(ledger, wanted, limit);
  if (json) return printJson(io.stdout, { data: noted.map(toPublic) });
  if (noted.length === 0) return print(io.stdout, all || state ? "There are none.\n" : "No send is open.\n");
  const rows = noted.map((each) => {
    const { id, platform, to, reference } = toPublic(each);
    return [id, getState(each), `${platform}:${to}`, getBeginning(each), reference];
  });
  return printWrapped(io.stdout, formatTable([["ID", "STATE", "TO", "BEGUN AT", "REFERENCE"], ...rows]));
}

/** @throws UsageError */
export async function requireEntry(ledger: SendLedger, id: string): Promise<Noted> {
  const proposal = await createProposals(ledger).find(id);
  if (proposal) return { proposal };
  const send = await ledger.get(id);
  if (send) return { send };
  throw new UsageError(`The ledger has no send ${id}: \`onsync sends list --all\` lists them.`);
}

export function showEntry(io: Io, noted: Noted, { json }: SendsOptions): Promise<void> {
  if (json) return printJson(io.stdout, toPublic(noted));
  const facts = Object.entries(toPublic(noted)).filter(([, value]) => value !== null);
  return print(io.stdout, formatTable(facts.map(([name, value]) => [name, formatFact(value)])));
}

/** What a person is to judge is shown whole, with every character that nobody would see. */
function formatFact(value: unknown): string {
  return showHiddenCharacters(typeof value === "object" ? JSON.stringify(value) : String(value));
}
