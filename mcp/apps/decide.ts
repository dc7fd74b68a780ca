/** The tool by which a card in the chat decides on a proposal. */
import { isSameToken } from "../../src/http/token.ts";
import { approveProposal, declineProposal } from "../../src/proposals/approve.ts";
import { removeHiddenCharacters } from "../../src/visible-text.ts";
import type { Proposing } from "../approvals/propose-send.ts";
import type { ToolResult } from "../call/present.ts";
import type { ToolContext, ToolDefinition } from "../tools/tool.ts";

const text = { type: "string" };

export const decideTool: Omit<ToolDefinition, "outputSchema"> = {
  name: "decide_proposal",
  title: "Decide on a Proposed Message",
  description: "Used by the approval card alone, with the token that only the card has.",
  inputSchema: {
    type: "object",
    properties: { proposalId: text, token: text, decision: text, content: text, reason: text },
    required: ["proposalId", "token", "decision"],
    additionalProperties: false,
  },
  annotations: {
    title: "Decide on a Proposed Message",
    readOnlyHint: false,
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  _meta: { ui: { visibility: ["app"] } },
};

function answer(words: string, isError = false): ToolResult {
  return { content: [{ type: "text", text: words }], ...(isError && { isError: true as const }) };
}

export async function decideFromCard(
  { proposals, onsync, org, now }: Proposing,
  { proposalId, token, decision, content, reason }: Record<string, unknown>,
  { host, signal }: ToolContext,
): Promise<ToolResult> {
  const status = await proposals.find(String(proposalId));
  if (!status || status.proposal.org !== org || !isSameToken(String(token), status.proposal.cardToken))
    return answer("Nothing was done: the token is not this proposal's. Only the approval card has it.", true);
  const who = { by: `the person at ${host?.name ?? "the host"}`, in: "card", now } as const;
  if (decision === "decline") {
    const declined = await declineProposal(proposals, status.proposal.id, { ...who, reason: toText(reason) });
    return answer(declined?.problem ?? "Declined. Nothing is sent.");
  }
  if (decision !== "send") return answer('Nothing was done: decision must be "send" or "decline".', true);
  try {
    const edited = toText(content);
    const edit = edited === undefined ? {} : { content: removeHiddenCharacters(edited) };
    const result = await approveProposal(proposals, onsync, status.proposal.id, {
      ...who,
      edit,
      ...(signal && { signal }),
    });
    if (result?.status.state === "sent")
      return answer(
        result.status.decision?.approved && result.status.decision.edited ? "Sent, as you edited it." : "Sent.",
      );
    return answer(result?.problem ?? "It is being sent.", true);
  } catch (error) {
    if ((error as { name?: unknown }).name === "ValidationError")
      return answer(`Nothing was sent: ${(error as Error).message}`, true);
    throw error;
  }
}

function toText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
