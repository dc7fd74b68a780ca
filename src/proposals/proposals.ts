/** The proposals that wait for a person, and those that were decided, in the send ledger that processes share. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { SendLedger } from "../client/index.ts";
import { entryRetentionMs } from "../client/ledger/ledger.ts";
import { canonicalJson } from "../client/wire/canonical-json.ts";
import type { Decision, Proposal, ProposalState, ProposalStatus } from "./proposal.ts";

/** How long a person may take, in milliseconds: WhatsApp's window would be closed after it anyway. */
export const proposalLifetimeMs = 24 * 60 * 60_000;

/** An approval whose send has not begun by then never will, unless a person approves again. */
const maxBeginningMs = 60_000;

/** A proposal's key is free a little after it has expired: clocks of processes differ. */
const keyMarginMs = 60_000;

const list = "proposals";

export type NewProposal = Pick<Proposal, "org" | "sendScope" | "operation" | "input" | "proposedBy">;

export type Proposals = {
  find(id: string): Promise<ProposalStatus | null>;
  /**
   * Proposes a message. The same message again is the same proposal: while it waits, and for a day after it was decided.
   *
   * @param admit asked before a new one is made; it throws where there may be none
   */
  propose(message: NewProposal, admit: () => Promise<void>): Promise<{ status: ProposalStatus; isNew: boolean }>;
  /** The latest first. */
  list(limit?: number): Promise<ProposalStatus[]>;
  /**
   * Decides on a proposal. The first decision counts, whoever else decides at the same time.
   *
   * @returns the proposal as it is now: see its `decision`; `null` where there is none
   */
  decide(id: string, decision: Decision): Promise<ProposalStatus | null>;
};

type Context = { ledger: SendLedger; now(): number };

/** @param ledger the one that the sending client has, too */
export function createProposals(ledger: SendLedger, now: () => number = Date.now): Proposals {
  const context = { ledger, now };
  return {
    find: (id) => findProposal(context, id),
    propose: (message, admit) => propose(context, message, admit),
    async list(limit) {
      const noted = await ledger.listNotes(list, limit);
      return Promise.all(noted.map((value) => toStatus(context, JSON.parse(value) as Proposal)));
    },
    decide: (id, decision) => decide(context, id, decision),
  };
}

async function findProposal(context: Context, id: string): Promise<ProposalStatus | null> {
  const noted = await context.ledger.note(`proposal ${id}`);
  return noted === null ? null : toStatus(context, JSON.parse(noted) as Proposal);
}

async function toStatus({ ledger, now }: Context, proposal: Proposal): Promise<ProposalStatus> {
  const noted = await ledger.note(`proposal decision ${proposal.id}`);
  const decision = noted === null ? null : (JSON.parse(noted) as Decision);
  const send = decision?.approved ? await ledger.find({ scope: proposal.sendScope, reference: proposal.id }) : null;
  return { proposal, decision, send, ...readState(proposal, decision, send, now()) };
}

async function propose(context: Context, message: NewProposal, admit: () => Promise<void>) {
  const { ledger } = context;
  const callKey = createCallKey(message);
  const known = await ledger.note(callKey);
  const earlier = known === null ? null : await findProposal(context, known);
  if (earlier) return { status: earlier, isNew: false };
  if (known === null) await admit();
  const id = `proposal_${randomUUID().replaceAll("-", "")}`;
  const isFirst = await ledger.setNote(callKey, id, { ttlMs: proposalLifetimeMs + keyMarginMs, ifAbsent: true });
  // Whoever was first may have stopped before it kept the proposal.
  const status = await keep(context, message, callKey, isFirst ? id : ((await ledger.note(callKey)) ?? id));
  return { status, isNew: isFirst };
}

async function keep(context: Context, message: NewProposal, callKey: string, id: string): Promise<ProposalStatus> {
  const at = context.now();
  const proposal: Proposal = {
    ...message,
    ...{ id, callKey },
    proposedAt: new Date(at).toISOString(),
    expiresAt: new Date(at + proposalLifetimeMs).toISOString(),
    cardToken: randomBytes(24).toString("base64url"),
  };
  const options = { ttlMs: entryRetentionMs, ifAbsent: true, list };
  await context.ledger.setNote(`proposal ${id}`, JSON.stringify(proposal), options);
  // Another process may have kept it meanwhile: what counts is what the ledger has.
  return (await findProposal(context, id)) ?? toStatus(context, proposal);
}

async function decide(context: Context, id: string, decision: Decision): Promise<ProposalStatus | null> {
  const { ledger } = context;
  const before = await findProposal(context, id);
  if (before?.state !== "proposed") return before;
  const options = { ttlMs: entryRetentionMs, ifAbsent: true };
  const isFirst = await ledger.setNote(`proposal decision ${id}`, JSON.stringify(decision), options);
  // Whoever proposed it learns what became of it by proposing it again, for another day.
  if (isFirst) await ledger.setNote(before.proposal.callKey, id, { ttlMs: proposalLifetimeMs });
  return findProposal(context, id);
}

function createCallKey({ org, operation, input }: NewProposal): string {
  return `proposed ${createHash("sha256")
    .update(canonicalJson([org, operation, input]))
    .digest("hex")}`;
}

function readState(
  { expiresAt }: Proposal,
  decision: Decision | null,
  send: ProposalStatus["send"],
  now: number,
): { state: ProposalState; reason: string | null } {
  if (decision === null) return { state: now < Date.parse(expiresAt) ? "proposed" : "expired", reason: null };
  if (!decision.approved) return { state: "declined", reason: decision.reason };
  if (send !== null) return { state: send.state, reason: send.reason };
  return now - Date.parse(decision.at) < maxBeginningMs
    ? { state: "claimed", reason: null }
    : { state: "not_sent", reason: "it was approved, and its sending never began" };
}
