/** Messages that assistants proposed: none without a person's approval of that very text, each once, to whom it was for. */
import type { Evidence, Proposed, StoredMessage } from "../evidence.ts";
import { groupBy } from "./messages.ts";
import { tellWhen } from "./when.ts";

type Known = Pick<Evidence, "startedAt" | "endedAt" | "proposals" | "wire" | "stored">;

export function judgeApprovals(known: Known): string[] {
  const outbound = known.stored.messages.filter(({ direction }) => direction === "outbound");
  const byContent = groupBy(outbound, ({ content }) => content ?? "");
  return known.proposals.flatMap((proposed) => {
    const texts = new Set([proposed.content, ...proposed.decisions.map(({ content }) => content)]);
    const found = [...texts].flatMap((text) => byContent.get(text) ?? []);
    return [...judgeProposal(proposed, found, known), ...judgeState(proposed, found, known)];
  });
}

function judgeProposal(proposed: Proposed, found: readonly StoredMessage[], known: Known): string[] {
  const { platform, to } = proposed;
  const name = describe(proposed, known);
  const violations: string[] = [];
  if (found.length > 1) violations.push(`sent twice: ${name} is there as ${found.map(({ id }) => id).join(" and ")}`);
  for (const { id, content, address, platform: on } of found) {
    if (address !== to || on !== platform) violations.push(`sent to another: ${name} went to ${on}:${address}`);
    const approvals = proposed.decisions.filter((decision) => decision.approves && decision.content === content);
    const first = Math.min(...approvals.map(({ at }) => at));
    if (approvals.length === 0)
      violations.push(`approval bypassed: ${name} is there as ${id}, and nobody approved that text`);
    const early = known.wire.find(
      ({ content: sent, forwardedAt }) => sent === content && forwardedAt !== null && forwardedAt < first,
    );
    if (early && approvals.length > 0)
      violations.push(
        `approval bypassed: ${name} was sent by ${early.slot} ${tellWhen(early.at, known)}, before it was approved`,
      );
  }
  return violations;
}

/** What the assistant was told in the end. */
function judgeState(proposed: Proposed, found: readonly StoredMessage[], known: Known): string[] {
  const { state, messageId, decisions } = proposed;
  const name = describe(proposed, known);
  if (state === "sent")
    return found.some(({ id }) => id === messageId)
      ? []
      : [`lost: ${name} was said to be sent as ${messageId}, and is not there`];
  if (found.length > 0) return [`no known end: ${name} is there, and was last said to be ${state}`];
  if (state === null && decisions.length > 0)
    return [`no known end: a person decided on ${name}, and nobody can tell of it`];
  return [];
}

function describe({ id, platform, to, proposedAt }: Proposed, known: Known): string {
  return `${id ?? "a proposal"} to ${platform}:${to}, made ${tellWhen(proposedAt, known)}`;
}
