/** A person approves a proposal, edited or not, and it is sent: once, whoever else approves it, wherever. */
import { isOnSyncError, type OnSync } from "../client/index.ts";
import { findOperation, type Operation, parseInput } from "../operations/index.ts";
import { type DecidedIn, type Decision, getInput, type Proposal, type ProposalStatus } from "./proposal.ts";
import type { Proposals } from "./proposals.ts";

type Data = Record<string, unknown>;

/** What a person may change: the text, or the values of the template's body in order. */
export type Edit = { content?: string | undefined; parameters?: readonly string[] | undefined };

export type Approval = {
  edit?: Edit | undefined;
  by: string;
  in: DecidedIn;
  now?: (() => number) | undefined;
  signal?: AbortSignal | undefined;
};

/** `problem`: why the message was not sent now, or may not have been, in words for a person. */
export type ApprovalResult = { status: ProposalStatus; problem: string | null };

/**
 * @throws ValidationError where the edited message cannot be sent as it is: nothing is decided then
 * @throws Error where the ledger cannot be asked
 * @returns `null` where there is no such proposal
 */
export async function approveProposal(
  proposals: Proposals,
  onsync: OnSync,
  id: string,
  { edit = {}, by, in: where, now = Date.now, signal }: Approval,
): Promise<ApprovalResult | null> {
  const found = await proposals.find(id);
  if (found === null) return null;
  if (found.proposal.sendScope !== onsync.ledgerScope)
    return { status: found, problem: "It belongs to another account than the key here: nothing was sent." };
  const { input, edited } = applyEdit(found.proposal, edit);
  const at = new Date(now()).toISOString();
  const decision: Decision = { approved: true, input, edited, by, in: where, at };
  const decided = await proposals.decide(id, decision);
  if (decided === null || !decided.decision?.approved || decided.state === "sent")
    return decided && { status: decided, problem: describeProblem(decided) };
  const problem = await sendDecided(onsync, decided, signal);
  return { status: (await proposals.find(id)) ?? decided, problem };
}

/** @returns why it was not sent, or may not have been; `null`: it was */
async function sendDecided(
  onsync: OnSync,
  status: ProposalStatus,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const { operation, id } = status.proposal;
  try {
    await getOperation(operation).run(onsync, getInput(status) as never, {
      clientReference: id,
      ...(signal && { signal }),
    });
    return null;
  } catch (error) {
    if (!isOnSyncError(error)) throw error;
    return error.advice;
  }
}

function describeProblem({ state, decision }: ProposalStatus): string | null {
  if (state === "expired") return "It has expired: nothing was sent.";
  if (decision !== null && !decision.approved) return `It was declined before, by ${decision.by}: nothing was sent.`;
  return null;
}

function getOperation(name: string): Operation {
  const operation = findOperation(name);
  if (operation?.effect === "sends") return operation;
  throw new Error(`${name} sends nothing: the proposal was made by another version of OnSync Automation`);
}

/** @throws ValidationError that names the field and the fix */
function applyEdit({ operation, input }: Proposal, { content, parameters }: Edit): { input: Data; edited: boolean } {
  const changed = {
    ...input,
    ...(typeof input.content === "string" && content !== undefined && { content }),
    ...(Array.isArray(input.parameters) && parameters !== undefined && { parameters }),
  };
  return {
    input: parseInput(getOperation(operation), changed) as Data,
    edited: JSON.stringify(changed) !== JSON.stringify(input),
  };
}

/** @returns the proposal as it is now: somebody may have decided before; `null` where there is none */
export async function declineProposal(
  proposals: Proposals,
  id: string,
  { reason, by, in: where, now = Date.now }: { reason?: string | undefined } & Omit<Approval, "edit" | "signal">,
): Promise<ApprovalResult | null> {
  const at = new Date(now()).toISOString();
  const text = reason?.trim().slice(0, 500) || null;
  const decided = await proposals.decide(id, { approved: false, reason: text, by, in: where, at });
  if (decided === null) return null;
  const isDeclined = decided.state === "declined" || decided.state === "proposed";
  return { status: decided, problem: isDeclined ? null : `It is ${decided.state} already: it cannot be declined.` };
}
