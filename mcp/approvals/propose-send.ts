/**
 * Sends that only a person can have made: a call proposes the message, and the same call again tells what became of it. No
 * argument of any tool sends it.
 */
import type { OnSync } from "../../src/client/index.ts";
import { approveProposal, declineProposal } from "../../src/proposals/approve.ts";
import { getInput, type ProposalStatus } from "../../src/proposals/proposal.ts";
import type { Proposals } from "../../src/proposals/proposals.ts";
import { showHiddenCharacters } from "../../src/visible-text.ts";
import { sanitizeLine } from "../answers/customer-text.ts";
import type { Data } from "../answers/summaries.ts";
import { createCard } from "../apps/card.ts";
import type { Masking } from "../safety/pii.ts";
import { askLedger } from "../safety/send-ledger.ts";
import type { Presented, Tool, ToolContext } from "../tools/tool.ts";

export type Proposing = {
  proposals: Proposals;
  onsync: OnSync;
  /** Whose proposals they are. */
  org: string;
  masking: Masking | undefined;
  now: () => number;
  /** The approval page's address; `undefined`: there is none. */
  getUrl(): string | undefined;
  /** Whether the person may decide in the host. */
  askHost: boolean;
};

/** Of a text that the model wrote itself, in the words about it; the data and what the person sees have it whole. */
const maxQuotedCharacters = 200;

/**
 * @param input the arguments as the operation's schema gives them
 * @param admit asked before a new proposal is made; it throws where there may be none
 * @returns what the model is told: what the proposal is, or what became of it
 */
export async function proposeSend(
  proposing: Proposing,
  tool: Tool,
  input: Data,
  context: ToolContext,
  admit: () => Promise<unknown>,
): Promise<{ preview: Presented; meta?: Data }> {
  const { name } = tool.definition;
  const { proposals, onsync, org, askHost } = proposing;
  const message = {
    ...{ org, sendScope: onsync.ledgerScope, operation: tool.operation.name },
    input: removeReference(input),
    proposedBy: context.host?.name ?? null,
  };
  const { status } = await askLedger(name, () => proposals.propose(message, async () => void (await admit())));
  const answer =
    status.state === "proposed" && askHost
      ? await context.ask?.(`Send this? ${formatForPerson(message.input)}`)
      : undefined;
  const now = answer ? await askLedger(name, () => decideInHost(proposing, status, answer, context)) : status;
  const showsCard = now.state === "proposed" && askHost && context.host?.showsApps === true;
  return {
    preview: presentProposal(proposing, name, now),
    ...(showsCard && { meta: { "onsync/approval": createCard(now) } }),
  };
}

async function decideInHost(
  { proposals, onsync, now }: Proposing,
  status: ProposalStatus,
  answer: "yes" | "no" | "none" | "asked",
  { host, signal }: ToolContext,
): Promise<ProposalStatus> {
  const { id } = status.proposal;
  const by = `the person at ${host?.name ?? "the host"}`;
  const decided =
    answer === "yes"
      ? await approveProposal(proposals, onsync, id, { by, in: "host", now, signal })
      : answer === "no"
        ? await declineProposal(proposals, id, { by, in: "host", now })
        : null;
  return decided?.status ?? status;
}

/** A proposal's message has a reference of its own: one that the model gave tells only that it is another proposal. */
function removeReference({ metadata, ...input }: Data): Data {
  if (typeof metadata !== "object" || metadata === null) return input;
  const { clientReference: _reference, ...others } = metadata as Data;
  return Object.keys(others).length === 0 ? input : { ...input, metadata: others };
}

/** The whole message, as a person must see it before they say yes. */
export function formatForPerson({ platform, to, content, ...others }: Data): string {
  const rest = Object.entries(others).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  return showHiddenCharacters(
    [
      `To ${platform}:${to}`,
      ...(content === undefined ? [] : [String(content)]),
      ...rest.map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`),
    ].join("\n\n"),
  );
}

function presentProposal({ masking, getUrl }: Proposing, name: string, status: ProposalStatus): Presented {
  const { proposal, state, decision, send } = status;
  const mask = (text: string): string => (masking ? masking.maskText(text) : text);
  const maskId = (id: string): string => (masking ? masking.maskId(id) : id);
  const input = getInput(status);
  const preview = { ...input, to: maskId(String(input.to)) };
  const page = getUrl();
  const url = page && `${page}/${proposal.id}`;
  const reason = status.reason === null ? null : mask(sanitizeLine(status.reason));
  const data = {
    sent: state === "sent",
    state,
    proposalId: proposal.id,
    preview,
    expiresAt: proposal.expiresAt,
    ...(state === "proposed" && url !== undefined && { approvalUrl: url }),
    ...(decision?.approved && { edited: decision.edited }),
    ...(reason !== null && { reason }),
    ...(send?.messageId && { messageId: send.messageId }),
    ...(send?.conversationId && { conversationId: maskId(send.conversationId) }),
  };
  const place = url ?? `\`onsync sends approve ${proposal.id}\` in a terminal`;
  const facts: Facts = {
    name,
    id: proposal.id,
    to: preview.to,
    place,
    reason,
    edited: decision?.approved && decision.edited,
  };
  const edited =
    facts.edited && mask(`The text as the person edited it: ${JSON.stringify(input.content ?? input.parameters)}`);
  return {
    text: [describeState(status, facts), edited, state === "proposed" && quote(input)].filter(Boolean).join("\n"),
    data,
  };
}

type Facts = {
  name: string;
  id: string;
  to: string;
  /** Where a person decides. */
  place: string;
  reason: string | null;
  edited: boolean | undefined;
};

function describeState(
  { proposal, state, send }: ProposalStatus,
  { name, id, to, place, reason, edited }: Facts,
): string {
  const why = reason === null ? "" : ` Reason: ${reason}.`;
  const again = `${name} with the same arguments tells what became of it.`;
  switch (state) {
    case "proposed":
      return `Nothing is sent yet: ${id} to ${to} waits for a person, until ${proposal.expiresAt}. No call of yours can send it. Tell the person you work for where to approve it: ${place}. Later, ${again}`;
    case "claimed":
      return `A person approved ${id}, and it is being sent now. ${again}`;
    case "sent":
      return `Sent: a person approved ${id}${edited ? " with changes" : ""}. Message ${send?.messageId} to ${to}.`;
    case "not_sent":
      return `A person approved ${id}, and it could not be sent.${why} Nothing was sent. The person can try again: ${place}.`;
    case "unknown":
      return `A person approved ${id}, and nobody can tell so far whether it was sent.${why} list_messages shows whether it is there. Propose nothing in its place before that.`;
    case "declined":
      return `A person declined ${id}.${why} Nothing was sent, and nothing will be. Do not propose it again unchanged.`;
    case "expired":
      return `${id} has expired: no person decided in time. Nothing was sent. In a minute ${name} proposes it anew.`;
  }
}

function quote({ content, parameters }: Data): string {
  const characters = [...(typeof content === "string" ? content : JSON.stringify(parameters ?? []))];
  const shown = characters.slice(0, maxQuotedCharacters).join("");
  return `The message: ${JSON.stringify(characters.length > maxQuotedCharacters ? `${shown}...` : shown)}`;
}
