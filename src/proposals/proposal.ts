/**
 * A message that an assistant proposes and only a person can have sent. The proposal never changes, the decision on it is
 * made once, and what became of its message is in the send ledger, under the proposal's reference.
 */
import type { LedgerEntry, SendState } from "../client/index.ts";

type Data = Record<string, unknown>;

export type Proposal = {
  /** What commands and pages call it, and the reference of its message: `proposal_…`. */
  id: string;
  /** Whose it is: an operator's server may serve several orgs. */
  org: string;
  /** The ledger scope of the client that is to send it. */
  sendScope: string;
  /** The name of the operation that sends it. */
  operation: string;
  /** The operation's input, as it was proposed. */
  input: Data;
  /** Tells an identical proposal. */
  callKey: string;
  /** The host that proposed it, as it names itself; `null` where it does not. */
  proposedBy: string | null;
  /** ISO 8601. */
  proposedAt: string;
  /** No approval counts from then on. */
  expiresAt: string;
  /** Proves that a card in the chat speaks for its person. It never reaches a model. */
  cardToken: string;
};

/** Where a person decided. */
export type DecidedIn = "page" | "terminal" | "card" | "host";

export type Decision = {
  by: string;
  in: DecidedIn;
  /** ISO 8601. */
  at: string;
} & ({ approved: true; input: Data; edited: boolean } | { approved: false; reason: string | null });

export const proposalStates = ["proposed", "claimed", "sent", "not_sent", "unknown", "declined", "expired"] as const;

/**
 * `proposed`: waits for a person. `declined`: a person said no. `expired`: nobody decided in time. The others are those of
 * its send.
 */
export type ProposalState = SendState | "proposed" | "declined" | "expired";

export type ProposalStatus = {
  proposal: Proposal;
  state: ProposalState;
  decision: Decision | null;
  /** What the ledger notes of its send; `null` before one has begun. */
  send: LedgerEntry | null;
  /** What happened, where it is not_sent, unknown or declined. */
  reason: string | null;
};

/** What is to be sent, or was: as a person edited it. */
export function getInput({ proposal, decision }: Pick<ProposalStatus, "proposal" | "decision">): Data {
  return decision?.approved ? decision.input : proposal.input;
}

/** What is shown of a proposal to whoever may read the ledger. */
export function toPublicProposal(status: ProposalStatus) {
  const { id, operation, proposedBy, proposedAt, expiresAt, input: proposed } = status.proposal;
  const { state, decision, send, reason } = status;
  const { platform, to } = proposed as { platform: string; to: string };
  const { by, in: where, at } = decision ?? {};
  return {
    ...{ id, reference: id, state, platform, to, operation },
    input: getInput(status),
    ...(decision?.approved && decision.edited && { proposed }),
    ...{ proposedBy, proposedAt, expiresAt },
    decision:
      decision === null
        ? null
        : { approved: decision.approved, by, in: where, at, edited: decision.approved && decision.edited },
    reason,
    conversationId: send?.conversationId ?? null,
    messageId: send?.messageId ?? null,
    sentAt: send?.sentAt ?? null,
    requestId: send?.requestId ?? null,
  };
}
