/** `onsync sends approve` and `decline`: a person decides, in a terminal, on a message that an assistant has proposed. */
import { userInfo } from "node:os";
import type { SendLedger } from "../../src/client/ledger/ledger.ts";
import type { ApprovalResult } from "../../src/proposals/approve.ts";
import type { ProposalState } from "../../src/proposals/proposal.ts";
import { createProposals } from "../../src/proposals/proposals.ts";
import { CommandFailed, UsageError } from "../output/errors.ts";
import { type Io, print, printJson } from "../output/io.ts";
import { requireEntry, type SendsOptions, showEntry, toPublic } from "./ledger-entries.ts";

export type ApproveOptions = SendsOptions & { text?: string };
export type DeclineOptions = SendsOptions & { reason?: string };

const sentences: Record<ProposalState, string> = {
  proposed: "It waits for a person.",
  claimed: "It is being sent now.",
  sent: "It was sent.",
  not_sent: "It was not sent. Approve it again to try once more.",
  unknown: "It may have been sent: nobody can tell so far. `onsync sends settle` looks for it.",
  declined: "It was declined: nothing is sent.",
  expired: "It has expired: nothing is sent.",
};

export async function approveEntry(io: Io, ledger: SendLedger, id: string, options: ApproveOptions): Promise<void> {
  const { proposal } = await requireProposal(ledger, id);
  if (options.text !== undefined && typeof proposal.proposal.input.content !== "string")
    throw new UsageError("--text is for a text message: a template's values are edited on the approval page.");
  const [{ connect }, { createLog }, { approveProposal }] = await Promise.all([
    import("../settings/connection.ts"),
    import("../output/log.ts"),
    import("../../src/proposals/approve.ts"),
  ]);
  const { onsync, close } = await connect(io.env, createLog(io.env, "silent"), { ledger });
  try {
    if (onsync.ledgerScope !== proposal.proposal.sendScope)
      throw new UsageError(
        `The proposal ${id} is for ${proposal.proposal.sendScope}, and ONSYNC_BASE_URL is ${onsync.baseUrl}: set it to the former, with the key of that account.`,
      );
    const edit = { content: options.text };
    const approval = { edit, by: getUserName(), in: "terminal" } as const;
    await report(io, await approveProposal(createProposals(ledger), onsync, id, approval), "sent", options);
  } finally {
    await close();
  }
}

export async function declineEntry(io: Io, ledger: SendLedger, id: string, options: DeclineOptions): Promise<void> {
  await requireProposal(ledger, id);
  const { declineProposal } = await import("../../src/proposals/approve.ts");
  const decision = { reason: options.reason, by: getUserName(), in: "terminal" } as const;
  await report(io, await declineProposal(createProposals(ledger), id, decision), "declined", options);
}

async function requireProposal(ledger: SendLedger, id: string) {
  const noted = await requireEntry(ledger, id);
  if ("proposal" in noted) return noted;
  throw new UsageError(
    `${id} is a send that no person was asked about: \`onsync sends list --state proposed\` lists those that wait.`,
  );
}

/** @throws CommandFailed where it is not what was wanted */
async function report(
  io: Io,
  result: ApprovalResult | null,
  wanted: ProposalState,
  options: SendsOptions,
): Promise<void> {
  const { status, problem } = result as ApprovalResult;
  const noted = { proposal: status };
  if (options.json) await printJson(io.stdout, { ...toPublic(noted), problem });
  else {
    await print(io.stdout, `${sentences[status.state]}${problem === null ? "" : ` ${problem}`}\n`);
    await showEntry(io, noted, options);
  }
  if (status.state !== wanted) throw new CommandFailed(1);
}

function getUserName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as containers have it.
    return "somebody at the terminal";
  }
}
